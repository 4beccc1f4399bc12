import { posix } from 'node:path';
import ts from 'typescript';
import { importCycles } from './import-cycles.ts';
import { isTest, readFiles, type SourceFile } from './sources.ts';
import type { Tally } from './tally.ts';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  /** Where the limit is broken, one line each. */
  readonly places: readonly string[];
}

const LINE_LIMIT = 110;
const FOLDER_LIMIT = 20;
const FILE_LIMIT = 400;
/** Migrations are a log: one file each, in order, never changed. */
const UNLIMITED_FOLDERS = new Set(['libs/database/src/migrations']);
const SHOWN_PLACES = 40;

/** Returns the sizes of the checkout beside their limits; functions and folders are counted without tests. */
export function measure(files: readonly SourceFile[]): Figure[] {
  const typescript = files.filter(({ path }) => path.endsWith('.ts'));
  const sources = typescript.filter(({ path }) => !isTest(path));
  const longLines = files.flatMap(longLinesOf);
  const cycles = importCycles(typescript);
  const folders = crowdedFolders(sources);
  const fileLines = typescript.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
  const functions = sources.flatMap(functionsOf);
  const lines = functions.map((found) => found.lines);
  return [
    figure(`lines over ${LINE_LIMIT} columns`, longLines.length, 0, longLines),
    figure(
      'import cycles, type-only imports counted',
      cycles.length,
      0,
      cycles.map((cycle) => cycle.join(' ↔ ')),
    ),
    figure(`folders with more than ${FOLDER_LIMIT} source files`, folders.length, 0, folders),
    figure('lines of a source file, p90', percentile(sources.map(lineCount), 0.9), 150),
    figure(
      'lines of a file, most',
      Math.max(0, ...fileLines.map((file) => file.lines)),
      FILE_LIMIT,
      fileLines.filter((file) => file.lines > FILE_LIMIT).map(({ path, lines }) => `${path}: ${lines}`),
    ),
    figure('lines of a function, p90', percentile(lines, 0.9), 16),
    figure(
      'lines of a function, p99',
      percentile(lines, 0.99),
      40,
      functions.filter((found) => found.lines > 40).map(({ place, lines }) => `${place}: ${lines}`),
    ),
  ];
}

/** Prints every figure beside its limit, and the places where a limit is broken. */
export function checkFigures(): Tally {
  const figures = measure(readFiles(['.ts', '.mjs', '.cjs']));
  for (const { name, value, limit, places } of figures) {
    const isKept = value <= limit;
    console.log(`  ${isKept ? '✔' : '✖'} ${name.padEnd(44)} ${String(value).padStart(4)}  limit ${limit}`);
    if (isKept) continue;
    for (const place of places.slice(0, SHOWN_PLACES)) console.log(`      ${place}`);
    if (places.length > SHOWN_PLACES) console.log(`      … and ${places.length - SHOWN_PLACES} more`);
  }
  const failed = figures.filter(({ value, limit }) => value > limit).length;
  return { passed: figures.length - failed, failed };
}

function figure(name: string, value: number, limit: number, places: readonly string[] = []): Figure {
  return { name, value, limit, places };
}

const lineCount = ({ text }: SourceFile): number => text.split('\n').length - 1;

function longLinesOf({ path, text }: SourceFile): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      line.length > LINE_LIMIT && !/https?:\/\//.test(line) ? [`${path}:${index + 1}`] : [],
    );
}

function crowdedFolders(sources: readonly SourceFile[]): string[] {
  const counts = new Map<string, number>();
  for (const { path } of sources) {
    const folder = posix.dirname(path);
    if (!UNLIMITED_FOLDERS.has(folder)) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > FOLDER_LIMIT).map(([path, count]) => `${path}: ${count}`);
}

interface FoundFunction {
  readonly place: string;
  readonly lines: number;
}

/** Every function as ESLint counts it: arrow functions too, without blank lines and comments. */
function functionsOf({ path, text }: SourceFile): FoundFunction[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const isCode = text.split('\n').map((line) => line.trim() !== '' && !/^\s*(\/\/|\/\*|\*)/.test(line));
  const found: FoundFunction[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
      const last = file.getLineAndCharacterOfPosition(node.end).line;
      const lines = isCode.slice(first, last + 1).filter(Boolean).length;
      found.push({ place: `${path}:${first + 1}`, lines });
    }
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

/** The smallest value that at least this share of all values does not exceed. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
