/**
 * Contents and decoded fields as one line of a list, cut where it is long. Pure; the forms are shared/content-formats.ts.
 */
import {
  bytesOf,
  type ContentFormat,
  contentOf,
  formatsOf,
  formattedContent,
  hexOf,
  isLegible,
} from '../../shared/content-formats';

const PREVIEW_LENGTH = 400;
const PREVIEW_BYTES = 64;

/**
 * One line for a list: text with its line breaks shown, bytes as hexadecimal; or as `format`, where the content can be
 * shown so. null for a null key or value.
 */
export function previewText(
  text: string | null | undefined,
  base64: string | undefined,
  format: ContentFormat | null = null,
): string | null {
  const content = contentOf(text, base64);
  if (content === null) return null;
  if (format !== null && format !== 'JSON' && format !== 'text' && formatsOf(content).includes(format))
    return formattedContent(content, format).slice(0, PREVIEW_LENGTH).replace(/\s+/g, ' ');
  return content.text !== null && (isLegible(content) || format === 'text')
    ? content.text.slice(0, PREVIEW_LENGTH).replace(/\s+/g, ' ')
    : `0x${hexOf(bytesOf(content).subarray(0, PREVIEW_BYTES))}`;
}

/** Fields of a decoded record on one line. */
export function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${text(value)}`)
    .join(', ')
    .slice(0, PREVIEW_LENGTH);
}
