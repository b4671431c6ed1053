/**
 * The style of a report in HTML: the colours of renderer/theme/tokens.css in both themes, and a page that also prints.
 *
 * One style element and no style attribute, so that the page's policy can name its hash. On paper always light.
 */
import { createHash } from 'node:crypto';

/** Of each colour the value in the light and in the dark theme. The same as in the window: a test holds them together. */
export const REPORT_COLOURS = {
  surface: ['oklch(0.988 0.002 90)', 'oklch(0.2 0.005 260)'],
  'surface-sunken': ['oklch(0.965 0.003 90)', 'oklch(0.175 0.005 260)'],
  hairline: ['oklch(0.9 0.004 250)', 'oklch(0.3 0.008 260)'],
  'hairline-strong': ['oklch(0.62 0.01 250)', 'oklch(0.56 0.012 260)'],
  text: ['oklch(0.24 0.01 260)', 'oklch(0.92 0.005 260)'],
  'text-quiet': ['oklch(0.46 0.012 260)', 'oklch(0.72 0.012 260)'],
  accent: ['oklch(0.5 0.15 250)', 'oklch(0.72 0.13 245)'],
  error: ['oklch(0.53 0.2 27)', 'oklch(0.74 0.15 27)'],
  warning: ['oklch(0.53 0.12 70)', 'oklch(0.8 0.12 80)'],
  good: ['oklch(0.5 0.11 155)', 'oklch(0.76 0.12 155)'],
  'age-0': ['oklch(0.36 0.09 262)', 'oklch(0.45 0.11 262)'],
  'age-1': ['oklch(0.5 0.05 265)', 'oklch(0.55 0.05 265)'],
  'age-2': ['oklch(0.62 0.03 110)', 'oklch(0.65 0.03 110)'],
  'age-3': ['oklch(0.72 0.09 98)', 'oklch(0.75 0.09 98)'],
  'age-4': ['oklch(0.8 0.14 96)', 'oklch(0.86 0.14 98)'],
  'density-0': ['oklch(0.86 0.03 200)', 'oklch(0.42 0.03 210)'],
  'density-1': ['oklch(0.4 0.1 215)', 'oklch(0.85 0.11 195)'],
  'savings-0': ['oklch(0.88 0.03 310)', 'oklch(0.4 0.05 310)'],
  'savings-1': ['oklch(0.45 0.2 310)', 'oklch(0.8 0.16 315)'],
  'fate-kept': ['oklch(0.66 0.05 230)', 'oklch(0.58 0.05 230)'],
  'fate-due': ['oklch(0.72 0.13 80)', 'oklch(0.78 0.13 80)'],
  'fate-going': ['oklch(0.53 0.13 50)', 'oklch(0.68 0.14 50)'],
  'fate-undoable': ['oklch(0.6 0.02 260)', 'oklch(0.6 0.02 260)'],
  damage: ['oklch(0.55 0.22 27)', 'oklch(0.68 0.2 27)'],
  'codec-none': ['oklch(0.65 0.02 260)', 'oklch(0.6 0.02 260)'],
  'codec-gzip': ['oklch(0.62 0.14 50)', 'oklch(0.72 0.14 55)'],
  'codec-snappy': ['oklch(0.6 0.12 155)', 'oklch(0.74 0.13 155)'],
  'codec-lz4': ['oklch(0.56 0.14 250)', 'oklch(0.7 0.13 245)'],
  'codec-zstd': ['oklch(0.54 0.17 320)', 'oklch(0.7 0.16 320)'],
  'codec-unknown': ['oklch(0.53 0.2 27)', 'oklch(0.7 0.18 27)'],
  'kind-log': ['oklch(0.7 0.05 235)', 'oklch(0.48 0.05 235)'],
  'kind-index': ['oklch(0.55 0.1 200)', 'oklch(0.72 0.1 195)'],
  'kind-snapshot': ['oklch(0.62 0.12 320)', 'oklch(0.7 0.13 320)'],
  'kind-deleted': ['oklch(0.66 0.15 45)', 'oklch(0.72 0.14 50)'],
  'kind-other': ['oklch(0.72 0.01 260)', 'oklch(0.5 0.01 260)'],
  'part-keys': ['oklch(0.58 0.13 250)', 'oklch(0.72 0.13 250)'],
  'part-values': ['oklch(0.72 0.09 235)', 'oklch(0.56 0.09 240)'],
  'part-header-names': ['oklch(0.55 0.13 320)', 'oklch(0.74 0.13 320)'],
  'part-header-values': ['oklch(0.7 0.1 325)', 'oklch(0.56 0.1 325)'],
  'part-overhead': ['oklch(0.66 0.1 75)', 'oklch(0.7 0.1 80)'],
  'part-batches': ['oklch(0.54 0.1 60)', 'oklch(0.58 0.1 60)'],
  'part-control': ['oklch(0.62 0.11 155)', 'oklch(0.7 0.11 155)'],
  'part-indexes': ['oklch(0.52 0.09 200)', 'oklch(0.66 0.09 200)'],
  'part-side-files': ['oklch(0.5 0.02 260)', 'oklch(0.6 0.02 260)'],
  'part-slack': ['oklch(0.82 0.01 260)', 'oklch(0.4 0.01 260)'],
  'core-line': ['oklch(1 0 0 / 55%)', 'oklch(0.12 0 0 / 50%)'],
  'core-gap': ['oklch(0.955 0.003 90)', 'oklch(0.235 0.006 260)'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

/** Names of tones: classes of the marks. Between the two ends of a ramp lie the steps. */
const RAMP_STEPS = [0, 25, 50, 75, 100];

function colours(theme: 0 | 1): string {
  return Object.entries(REPORT_COLOURS)
    .map(([name, values]) => `--${name}:${values[theme]};`)
    .join('');
}

function tones(): string {
  const plain = [
    'age-0',
    'age-1',
    'age-2',
    'age-3',
    'age-4',
    'fate-kept',
    'fate-due',
    'fate-going',
    'core-gap',
    'damage',
    ...Object.keys(REPORT_COLOURS).filter((name) => /^(codec|kind|part)-/.test(name)),
  ];
  const ramp = (name: string) =>
    RAMP_STEPS.map(
      (share, step) =>
        `.${name}-step-${step}{fill:color-mix(in oklch,var(--${name}-1) ${share}%,var(--${name}-0))}`,
    );
  return [
    ...plain.map((name) => `.${name}{fill:var(--${name})}`),
    ...ramp('density'),
    ...ramp('savings'),
  ].join('');
}

export const REPORT_STYLE = `
:root{color-scheme:light dark;${colours(0)}}
@media screen and (prefers-color-scheme:dark){:root{${colours(1)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--text);font:13px/1.5 Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1120px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:28px;line-height:1.2;margin:4px 0 8px;font-weight:600;overflow-wrap:anywhere}
h2{font-size:15px;margin:36px 0 8px;padding-top:12px;border-top:1px solid var(--hairline);font-weight:600;overflow-wrap:anywhere}
h3{font-size:13px;margin:20px 0 6px;font-weight:600}
h4{font-size:12px;margin:12px 0 2px;font-weight:600}
p{margin:4px 0 8px;max-width:80ch}
.quiet,.unit,caption,figcaption{color:var(--text-quiet)}
.mono{font-family:"JetBrains Mono",ui-monospace,monospace;font-size:12px}
.figures{display:flex;flex-wrap:wrap;border:1px solid var(--hairline);border-width:0 0 1px 1px;border-radius:6px;overflow:hidden;margin:20px 0;padding:0}
.figures div{flex:1 1 104px;border:1px solid var(--hairline);border-width:1px 1px 0 0;padding:10px 14px}
.figures dt{color:var(--text-quiet);font-size:11px}
.figures dd{margin:0;font-size:20px}
.figures .unit{font-size:13px}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:8px 0}
dl.facts dt{color:var(--text-quiet)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:12px}
caption{text-align:left;padding:4px 0}
th,td{text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid var(--hairline);vertical-align:top;overflow-wrap:break-word}
th:last-child,td:last-child{padding-right:0}
th{color:var(--text-quiet);font-weight:500;white-space:nowrap;overflow-wrap:normal}
.n{text-align:right;white-space:nowrap}
.whole{white-space:nowrap}
td.name{min-width:180px;overflow-wrap:anywhere}
.share{width:120px}td.share svg{width:108px;margin-top:7px}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--text-quiet);font:11px Inter,system-ui,sans-serif}
figure{margin:8px 0 16px}
.bar-title{color:var(--text-quiet);font-size:11px;margin:8px 0 2px}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:0 32px;align-items:start}
.columns section{min-width:0}
.columns .wide{grid-column:1/-1}
.columns th,.columns td{padding-right:8px}
figcaption{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center;font-size:12px;margin-bottom:6px}
.swatch{display:inline-block;width:12px;height:12px;vertical-align:-2px;margin-right:5px}
.error{color:var(--error)}.warning{color:var(--warning)}.good{color:var(--good)}
.ground{fill:var(--core-gap)}.pattern{stroke:var(--core-line);stroke-width:1}
.damage-mark{fill:var(--damage)}
.axis{stroke:var(--hairline-strong)}.grid{stroke:var(--hairline)}
.with-policy{fill:none;stroke:var(--accent);stroke-width:2}
.without-policy{fill:none;stroke:var(--fate-undoable);stroke-width:1.5;stroke-dasharray:4 3}
.bar{fill:var(--fate-kept)}
.limit{stroke:var(--text-quiet);stroke-dasharray:2 3}
.edge-0,.edge-1,.edge-2{fill:none;stroke:var(--surface)}.edge-0{stroke-width:3}.edge-1{stroke-width:1.5}.edge-2{stroke-width:.5}
.plate{fill:var(--surface)}.name-on-plate{fill:var(--text)}
${tones()}
@media screen and (max-width:640px){main{padding:20px 14px 40px}figure{overflow-x:auto}figure>svg{min-width:640px}.columns figure>svg,.bar-title+svg{min-width:0!important}}
@media print{@page{margin:14mm 14mm 18mm}:root{--surface:#fff}main{padding:0;max-width:none}body{font-size:11px}table{font-size:10px}.table{overflow:visible}thead{display:table-header-group}tr,figure,.figures,.columns section,dl.facts{break-inside:avoid}h2,h3,h4,caption{break-after:avoid}svg{print-color-adjust:exact}}
`;

/** Nothing is loaded, nothing runs; the one style element is named by its hash. */
export const REPORT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(REPORT_STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
