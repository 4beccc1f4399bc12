import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkoutRoot, StackError } from '@tandem/stack';
import type { Tally } from './tally.ts';

const FOLDER = join(checkoutRoot, 'services/console');
const PAGE = join(FOLDER, 'dist/page');
/** The client of control-api that the page is compiled with. */
const CLIENT = join(FOLDER, 'src/api/generated');
/** Most that is loaded before the first screen, compressed: about two seconds on a slow mobile line. */
const BUDGET_BYTES = 400 * 1024;

/** Holds the built page against its budget, and its client against the routes control-api has. */
export function checkConsole(): Tally {
  const checks = [isClientCurrent, isWithinBudget];
  runNode(['services/console/build/build.mjs']);
  const passed = checks.filter((check) => check()).length;
  return { passed, failed: checks.length - passed };
}

/** Writes the client from the routes of the compiled control-api. */
export function writeConsoleClient(folder = CLIENT): void {
  const document = runNode(['services/control-api/dist/print-openapi.js']);
  runNode(['services/console/build/client.mjs', folder], document);
}

/** Returns what index.html loads at once, by its path below the page's folder. */
export function firstLoad(html: string): string[] {
  const paths = [...html.matchAll(/(?:src|href)="\/console\/([^"]+)"/g)].map(([, path]) => path ?? '');
  return ['index.html', ...new Set(paths)];
}

function isWithinBudget(): boolean {
  const files = firstLoad(readFileSync(join(PAGE, 'index.html'), 'utf8'));
  const sizeOf = (file: string) => gzipSync(readFileSync(join(PAGE, file)), { level: 9 }).length;
  const bytes = files.reduce((sum, file) => sum + sizeOf(file), 0);
  const kb = (of: number) => `${(of / 1024).toFixed(0)} KB`;
  const isFine = bytes <= BUDGET_BYTES;
  console.log(`  first load ${kb(bytes)} in ${files.length} files; the limit is ${kb(BUDGET_BYTES)}`);
  if (!isFine)
    console.error('  ✖ Load parts of the console later (lazyRouteComponent), or leave a package out.');
  return isFine;
}

function isClientCurrent(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-client-'));
  try {
    writeConsoleClient(join(folder, 'client'));
    const isCurrent = contentOf(join(folder, 'client')) === contentOf(CLIENT);
    if (!isCurrent)
      console.error(
        '  ✖ services/console/src/api/generated is out of date: control-api has other routes. Run "npm run ' +
          'docs" and commit what it writes.',
      );
    return isCurrent;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function contentOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((file) => `${file.slice(folder.length)}\n${readFileSync(file, 'utf8')}`)
    .join('\n');
}

/** Returns what a script printed. @throws StackError when it fails */
function runNode(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: checkoutRoot,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status === 0) return stdout;
  throw new StackError(
    `node ${args.join(' ')} failed: ${stderr.trim().slice(-2_000)}`,
    'Mend what it says, then run it again.',
  );
}
