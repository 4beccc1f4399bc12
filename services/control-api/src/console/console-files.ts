import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

/** A file of the page, whole and as it was compressed at its build. */
export interface ConsoleFile {
  readonly type: string;
  readonly content: Buffer;
  readonly compressed: Readonly<Partial<Record<Encoding, Buffer>>>;
  /** Whether its name changes with its content. */
  readonly isHashed: boolean;
}

/** Encodings a browser may ask for, the smallest first. */
export const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const ENDINGS: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' };
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};
/** Where the build puts what it names after its content. */
const HASHED = 'assets/';

export const INDEX = 'index.html';

/** Returns the folder of the built page: beside its sources, or in the packages of an image. */
export function consoleFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@tandem/console/package.json')), 'dist/page');
}

/**
 * Returns the files of the page by their path below /console/: some sixty, 2 MB together with their
 * compressed copies. None where the page is not built. What is not in the list cannot be asked for, whatever
 * the path.
 */
export function readConsoleFiles(folder: string): Map<string, ConsoleFile> {
  if (!existsSync(join(folder, INDEX))) return new Map();
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  return new Map(
    paths.flatMap((path) => {
      const type = TYPES[extname(path)];
      if (type === undefined) return [];
      const compressed = Object.fromEntries(
        ENCODINGS.filter((encoding) => paths.includes(path + ENDINGS[encoding])).map((encoding) => [
          encoding,
          readFileSync(join(folder, path + ENDINGS[encoding])),
        ]),
      );
      const content = readFileSync(join(folder, path));
      return [[path, { type, content, compressed, isHashed: path.startsWith(HASHED) }]];
    }),
  );
}
