import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';
import { capacityPlot } from './capacity-plot.ts';
import type { Capacity } from './capacity.ts';
import { capacityMarkdown } from './report.ts';

const PAGE = 'docs/capacity.md';
const FIGURES = /(<!-- figures -->)[\s\S]*?(<!-- end of figures -->)/;

/**
 * Writes the measured parts into the documentation, in place of their old figures; other parts stay as they
 * are.
 * @throws when the page has no place for the table
 */
export function saveCapacity(measured: Capacity, root = checkoutRoot): void {
  const known = join(root, 'docs/capacity.json');
  const capacity = {
    ...(existsSync(known) ? (JSON.parse(readFileSync(known, 'utf8')) as Capacity) : {}),
    ...withoutNulls(measured),
  } as Capacity;
  const page = join(root, PAGE);
  const text = readFileSync(page, 'utf8');
  if (!FIGURES.test(text))
    throw new TypeError(
      `${PAGE} has no place for the table: "<!-- figures -->" and "<!-- end of figures -->" mark it.`,
    );
  const plot = join(root, 'docs/images/capacity.svg');
  mkdirSync(dirname(plot), { recursive: true });
  writeFileSync(known, `${JSON.stringify(capacity)}\n`);
  writeFileSync(plot, capacityPlot(capacity));
  writeFileSync(
    page,
    text.replace(
      FIGURES,
      (_whole, begin: string, end: string) => `${begin}\n${capacityMarkdown(capacity)}\n${end}`,
    ),
  );
}

function withoutNulls(measured: Capacity): Partial<Capacity> {
  return Object.fromEntries(Object.entries(measured).filter(([, value]) => value !== null));
}
