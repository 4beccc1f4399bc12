import { invalidRequest, Problem } from '@tandem/platform';
import { CsvError, parse } from 'csv-parse/sync';

/* Text of CSV files (RFC 4180), read from and written for spreadsheets. */

const MAX_RECORD_BYTES = 65_536;

/** A row of a file by its column names; empty cells are left out. */
export interface CsvRow {
  /** Its place in the file, from 1. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
  /** Set when the row has more or fewer cells than the header. */
  readonly fault: string | null;
}

interface Parsed {
  readonly record: readonly string[];
  readonly line: number;
}

/** Cells that a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const ESCAPED_FORMULA = /^'(?=[=+\-@\t\r])/;

/**
 * Reads a file with a header. Cells are separated by commas, semicolons or tabs, whichever the header has
 * most of; a byte order mark is skipped, and the apostrophe before what looks like a formula.
 * @throws Problem 400 `invalid-request`, 422 `too-many-rows`
 */
export function readCsv(text: string, { columns, ignored, most }: CsvShape): CsvRow[] {
  const parsed = parseAll(text);
  const [header] = parsed;
  const rows = parsed.slice(1).filter(({ record }) => record.length > 1 || record[0] !== '');
  if (!header) throw malformed(1, 'is empty: its first line names the columns');
  if (rows.length > most)
    throw new Problem(
      422,
      'too-many-rows',
      'Too many rows',
      `A file may have ${most} rows. Nothing was changed; send it in parts.`,
    );
  const names = header.record.map((name) => name.trim());
  checkHeader(names, columns, ignored);
  return rows.map(({ record, line }) => ({
    line,
    cells: cellsOf(names, record, ignored),
    fault:
      record.length === names.length
        ? null
        : `has ${record.length} cells, and the header ${names.length}: quote cells with a separator in them`,
  }));
}

export interface CsvShape {
  /** Names of columns that may be there; of these, the first must be. */
  readonly columns: readonly [string, ...string[]];
  /** Columns that may be there and are not read, such as those of an export. */
  readonly ignored: readonly string[];
  /** Most rows, without the header. */
  readonly most: number;
}

function parseAll(text: string): readonly Parsed[] {
  try {
    const parsed = parse(text, {
      bom: true,
      delimiter: separatorOf(text),
      info: true,
      max_record_size: MAX_RECORD_BYTES,
      relax_column_count: true,
    }) as unknown as readonly { record: string[]; info: { lines: number } }[];
    // `lines` are those up to the end of a record.
    return parsed.map(({ record }, index) => ({ record, line: (parsed[index - 1]?.info.lines ?? 0) + 1 }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number((error as { lines?: unknown }).lines ?? 1);
    throw malformed(line, 'cannot be read: a quote is open, out of place, or a row is too long');
  }
}

function separatorOf(text: string): string {
  const header = text.split(/\r?\n/, 1)[0] ?? '';
  const unquoted = header.replace(/"(?:[^"]|"")*"/g, '');
  const counts = [',', ';', '\t'].map((separator) => [separator, unquoted.split(separator).length] as const);
  return counts.sort(([, a], [, b]) => b - a)[0]?.[0] ?? ',';
}

function checkHeader(
  names: readonly string[],
  columns: CsvShape['columns'],
  ignored: readonly string[],
): void {
  const [needed] = columns;
  const unknown = names.find((name) => !columns.includes(name) && !ignored.includes(name));
  if (unknown !== undefined)
    throw malformed(1, `has an unknown column, ${unknown.slice(0, 40)}; known are ${columns.join(', ')}`);
  if (!names.includes(needed)) throw malformed(1, `must name a column ${needed}`);
  if (new Set(names).size < names.length) throw malformed(1, 'names a column twice');
}

function cellsOf(names: readonly string[], record: readonly string[], ignored: readonly string[]) {
  const given = names.flatMap((name, index) => {
    const cell = (record[index] ?? '').replace(ESCAPED_FORMULA, '').trim();
    return cell === '' || ignored.includes(name) ? [] : [[name, cell] as const];
  });
  return Object.fromEntries(given);
}

const malformed = (line: number, message: string): Problem =>
  invalidRequest([{ path: [`line ${line}`], message }]);

/** Returns a row of a file, with what a spreadsheet would take for a formula as text. */
export function csvLine(values: readonly (string | number | boolean | null)[]): string {
  return `${values.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
