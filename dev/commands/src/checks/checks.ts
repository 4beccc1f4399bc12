import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';
import { checkGeneratedDocuments } from '../docs/generated.ts';
import { checkChart } from '../kubernetes/chart-check.ts';
import { checkBorders } from './border-nets.ts';
import { checkConsole } from './console-page.ts';
import { makeProjectGraph, nx } from './nx.ts';
import { node, type Tally } from './tally.ts';
import { checkWording } from './wording/wording.ts';

export interface Check {
  readonly name: string;
  readonly about: string;
  run(match: string | undefined): Promise<Tally>;
}

const bin = (name: string) => join(checkoutRoot, 'node_modules', name);
/** Left by dev/jest-tally.mjs, one file for each project (dev/nx-targets.mjs). */
const TALLIES = 'node_modules/.cache/tandem/tally';
const WORKERS = 2;
/** Calls run in real time; the processors of a small machine are idle for most of it. */
const CALL_WORKERS = 3;
const counted = (isGood: boolean): Tally => (isGood ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/** The checks in the order they run, the quick and basic ones first. */
export const CHECKS: readonly Check[] = [
  {
    name: 'types',
    about: 'TypeScript, every project',
    run: async () => counted((await nx('build')) === 0),
  },
  { name: 'format', about: 'Prettier, everything but data', run: format },
  { name: 'lint', about: 'ESLint with the import borders between projects', run: lint },
  {
    name: 'borders',
    about: 'cycles and borders inside projects; that the nets catch what they are for',
    run: async () => {
      await makeProjectGraph();
      return checkBorders();
    },
  },
  {
    name: 'wording',
    about: 'plain words in comments, messages, spec titles and pages',
    run: () => Promise.resolve(checkWording()),
  },
  {
    name: 'docs',
    about: 'generated documents are up to date',
    run: async () => counted(await checkGeneratedDocuments()),
  },
  {
    name: 'console',
    about: 'the console: built, within its budget, its client of the routes control-api has',
    run: () => Promise.resolve(checkConsole()),
  },
  {
    name: 'chart',
    about: 'the Helm chart and k8s/: rendered, valid, within the rules, and mistakes are found',
    run: checkChart,
  },
  { name: 'unit', about: 'specs that touch nothing outside', run: unit },
  {
    name: 'int',
    about: 'specs against real PostgreSQL, Redis and sockets',
    run: (match) => jest('int', match),
  },
  {
    name: 'call',
    about: 'whole calls through all services',
    run: (match) => jest('call', match, CALL_WORKERS),
  },
];

export async function runChecks(checks: readonly Check[], match: string | undefined): Promise<Tally> {
  let passed = 0;
  let failed = 0;
  for (const check of checks) {
    const startedAt = Date.now();
    console.log(`\n━━ ${check.name}: ${check.about}`);
    const tally = await check.run(match);
    passed += tally.passed;
    failed += tally.failed;
    console.log(
      `━━ ${check.name}: ${tally.passed} passed, ${tally.failed} failed ` +
        `(${((Date.now() - startedAt) / 1000).toFixed(0)} s)`,
    );
  }
  return { passed, failed };
}

async function format(): Promise<Tally> {
  const args = ['--check', '.', '--cache', '--log-level', 'warn'];
  const isFormatted = (await node([bin('prettier/bin/prettier.cjs'), ...args])) === 0;
  if (!isFormatted) console.error('  ✖ "npm run format" writes these files as they should be.');
  return counted(isFormatted);
}

async function lint(): Promise<Tally> {
  return counted((await nx('lint')) === 0);
}

/** The unit specs, from the cache for projects without changes; with `match` as one run of Jest. */
async function unit(match: string | undefined): Promise<Tally> {
  if (match !== undefined) return jest('unit', match);
  const code = await nx('test');
  return sumOf(
    readdirSync(join(checkoutRoot, TALLIES)).map((name) => join(checkoutRoot, TALLIES, name)),
    code,
  );
}

async function jest(project: string, match: string | undefined, workers = WORKERS): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-tally-'));
  const file = join(folder, 'tally.json');
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    bin('jest/bin/jest.js'),
    '--selectProjects',
    project,
    '--passWithNoTests',
    `--maxWorkers=${workers}`,
  ];
  const code = await node([...args, ...(match ? ['--testPathPatterns', match] : [])], {
    env: { TANDEM_TALLY_FILE: file },
  });
  const tally = sumOf([file], code);
  rmSync(folder, { recursive: true });
  return tally;
}

/** A run that dies before it can count, or fails without a failing test, is a failure all the same. */
function sumOf(files: readonly string[], code: number): Tally {
  const tallies = files.map(readTally);
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

function readTally(file: string): Tally {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Tally;
  } catch {
    return { passed: 0, failed: 0 };
  }
}
