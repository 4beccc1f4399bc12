import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkoutRoot,
  debianPackages,
  findProgram,
  isProgram,
  libraryEnvironment,
  runCommand,
  tandemFolder,
} from '@tandem/stack';
import YAML from 'yaml';
import { specOf } from './manifests.ts';
import type { Manifest } from './objects.ts';

const TESTS = join(checkoutRoot, 'dev/commands/src/kubernetes/alerts.test.yaml');
const LIMIT_MS = 30_000;

interface Promtool {
  readonly file: string;
  readonly libraryPath: string | null;
}

/**
 * Has Prometheus' own promtool judge the alerts: their expressions, and whether each of some situations
 * fires what it should and nothing else. Returns the faults; none, having said so, where no promtool is.
 */
export async function promtoolFaults(manifests: readonly Manifest[]): Promise<string[]> {
  const promtool = await promtoolHere();
  if (promtool === null) return [];
  const groups = manifests
    .filter(({ kind }) => kind === 'PrometheusRule')
    .flatMap((rule) => specOf(rule).groups ?? []);
  if (groups.length === 0) return ['no values of the matrix make alerts'];
  const text = YAML.stringify({ groups });
  // A counter's rate over no range, and an alert that never ends: promtool must find both.
  const wrong = text.replace(/rate\(([^[]+)\[5m\]\)/, 'rate($1)');
  const silent = text.replace(/max\(tandem_waiting_calls[^)]*\) > 0/, 'vector(1) > 0');
  return [
    ...(await judge(promtool, text)),
    ...((await judge(promtool, wrong)).length > 0 ? [] : ['a rate without a range is not found']),
    ...((await judge(promtool, silent)).length > 0 ? [] : ['an alert that always fires is not found']),
  ];
}

async function judge({ file, libraryPath }: Promtool, rules: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-alerts-'));
  try {
    writeFileSync(join(folder, 'rules.yaml'), rules);
    copyFileSync(TESTS, join(folder, 'tests.yaml'));
    const run = (command: string, name: string) =>
      runCommand(file, [command, 'rules', join(folder, name)], {
        timeoutMs: LIMIT_MS,
        env: libraryEnvironment(libraryPath),
      });
    for (const { code, output, complaint } of [
      await run('check', 'rules.yaml'),
      await run('test', 'tests.yaml'),
    ])
      if (code !== 0) return [`promtool: ${output.toString().trim()} ${complaint}`.slice(0, 2_000)];
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function promtoolHere(): Promise<Promtool | null> {
  const installed = findProgram('promtool');
  if (installed) return { file: installed, libraryPath: null };
  try {
    const { root, libraryPath } = await debianPackages(join(tandemFolder, 'cache'), ['prometheus']);
    const file = join(root, 'usr/bin/promtool');
    if (isProgram(file)) return { file, libraryPath };
  } catch (error) {
    console.log(`  No promtool here, so that the alerts are not run: ${(error as Error).message}`);
  }
  return null;
}
