export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly isDashed?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly xName: string;
  readonly lines: readonly Line[];
}

const WIDTH = 360;
const HEIGHT = 260;
const PLOT = { left: 46, right: 14, top: 34, bottom: 62 };
const INK = '#57606a';
const TICKS = 5;

/** Charts side by side as one SVG, readable on light and dark pages. */
export function svgOf(charts: readonly Chart[]): string {
  const drawn = charts.map(
    (chart, index) => `<g transform="translate(${index * WIDTH},0)">${chartOf(chart)}</g>`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH * charts.length} ${HEIGHT}" ` +
    `font-family="system-ui, sans-serif" font-size="11" fill="${INK}">\n${drawn.join('\n')}\n</svg>\n`
  );
}

function chartOf({ title, xName, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  const x = scale(Math.max(...points.map(([at]) => at), 1), PLOT.left, WIDTH - PLOT.right);
  const y = scale(Math.max(...points.map(([, value]) => value), 1e-9), HEIGHT - PLOT.bottom, PLOT.top);
  const grid = y.ticks.map(
    (value) =>
      `<line x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${y.at(value)}" y2="${y.at(value)}" ` +
      `stroke="${INK}" stroke-opacity="0.2"/><text x="${PLOT.left - 6}" y="${y.at(value) + 4}" ` +
      `text-anchor="end">${text(value)}</text>`,
  );
  const feet = x.ticks.map(
    (value) =>
      `<text x="${x.at(value)}" y="${HEIGHT - PLOT.bottom + 16}" text-anchor="middle">${text(value)}</text>`,
  );
  const drawn = lines.map(
    ({ colour, isDashed, points: along }) =>
      `<polyline fill="none" stroke="${colour}" ` +
      `stroke-width="2"${isDashed ? ' stroke-dasharray="5 4"' : ''} ` +
      `points="${along.map(([at, value]) => `${x.at(at)},${y.at(value)}`).join(' ')}"/>`,
  );
  const legend = lines.map(
    ({ name, colour }, index) =>
      `<text x="${PLOT.left + index * ((WIDTH - PLOT.left) / lines.length)}" y="${HEIGHT - 12}" ` +
      `fill="${colour}">${escaped(name)}</text>`,
  );
  return [
    `<text x="${PLOT.left}" y="18" font-size="13" font-weight="600">${escaped(title)}</text>`,
    ...grid,
    ...feet,
    `<text x="${WIDTH - PLOT.right}" y="${HEIGHT - PLOT.bottom + 32}" ` +
      `text-anchor="end">${escaped(xName)}</text>`,
    ...drawn,
    ...legend,
  ].join('');
}

/** From zero to a round number above the largest value. */
function scale(
  largest: number,
  from: number,
  to: number,
): { at: (value: number) => number; ticks: number[] } {
  const step = roundUp(largest / (TICKS - 1));
  const top = Math.ceil(largest / step) * step;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return { at: (value) => Math.round((from + (value / top) * (to - from)) * 10) / 10, ticks };
}

function roundUp(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5].find((factor) => factor * magnitude >= value) ?? 10) * magnitude;
}

const text = (value: number): string => String(Math.round(value * 1000) / 1000);
const escaped = (words: string): string =>
  words.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign);
