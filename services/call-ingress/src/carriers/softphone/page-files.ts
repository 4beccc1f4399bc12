import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly content: string;
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
};
/** The page as it lies beside its compiled scripts. */
export const PAGE = 'page/talk.html';

/** Returns the files of the softphone's page by their path below /talk/: some twenty, 100 KB together. */
export function readPageFiles(): Map<string, PageFile> {
  const root = dirname(createRequire(import.meta.url).resolve('@tandem/softphone/package.json'));
  return new Map([
    ...filesBelow(join(root, 'dist'), /(?<!\.spec)\.js$/),
    ...filesBelow(join(root, 'src'), /\.(css|html)$/),
  ]);
}

/** @throws TypeError when the package lacks it */
export function talkPage(files: ReadonlyMap<string, PageFile>): PageFile {
  const page = files.get(PAGE);
  if (!page) throw new TypeError(`The package of the softphone has no ${PAGE}.`);
  return page;
}

function filesBelow(root: string, wanted: RegExp): [string, PageFile][] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => wanted.test(path))
    .map((path) => [
      path.replaceAll('\\', '/'),
      {
        type: TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? '',
        content: readFileSync(join(root, path), 'utf8'),
      },
    ]);
}
