/**
 * Frees the content of a batch as soon as it has been looked at, and not with the next collection.
 *
 * A pass over many batches would otherwise pile up tens of MiB of it, and start collections of the whole heap by that.
 * Knows which codecs' content that can be; what is in it is others' business.
 */
import { MessageChannel } from 'node:worker_threads';
import type { Codec } from '../format/record-batch';

/** Nobody listens there: what is handed over to a closed port is freed. (Node 20 has no ArrayBuffer.transfer.) */
const nowhere = new MessageChannel().port1;
nowhere.close();

/**
 * Those whose content `decompress` copies into a buffer of its own. That of LZ4 is the library's, which takes it back when
 * the event loop turns; gzip's shares a buffer with nobody knows what.
 */
const COPIED: ReadonlySet<Codec> = new Set<Codec>(['snappy', 'zstd']);

/** @param content As `decompress` gave it, and handed on to nobody: it is empty afterwards. Others' is left alone. */
export function releaseContent(codec: Codec, content: Uint8Array): void {
  const { buffer } = content;
  if (COPIED.has(codec) && buffer instanceof ArrayBuffer && content.byteLength === buffer.byteLength)
    nowhere.postMessage(null, [buffer]);
}
