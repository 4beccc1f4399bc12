import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { checkoutRoot } from '../checkout/checkout.ts';
import { isAlive, identityOf, type ProcessIdentity } from '../process/process-identity.ts';
import { readRunFile, runFileIn } from './run-file.ts';

jest.setTimeout(60_000);

const LIMIT_MS = 15_000;

let folder: string;
let scratch: string;
let stack: ChildProcess;
let identities: ProcessIdentity[];

/** Starts a stack with its temporary data below `scratch`, where a spec can see what it leaves behind. */
async function begin(behaviour = ''): Promise<void> {
  stack = fork(join(checkoutRoot, 'dev/stack/dist/testing/fixture-stack.js'), [folder, behaviour], {
    env: { ...process.env, TMPDIR: scratch },
    stdio: 'ignore',
  });
  const [{ pids }] = (await once(stack, 'message')) as [{ pids: number[] }];
  identities = pids.map(identityOf);
}

/** Returns the processes still alive once their number has settled. */
async function survivors(): Promise<number[]> {
  const until = Date.now() + LIMIT_MS;
  while (identities.some(isAlive) && Date.now() < until) await sleep(50);
  while (readdirSync(scratch).length > 0 && Date.now() < until) await sleep(50);
  return identities.filter(isAlive).map(({ pid }) => pid);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-killed-'));
  scratch = mkdtempSync('/tmp/tandem-scratch-');
});
afterEach(() => {
  stack.kill('SIGKILL');
  for (const path of [folder, scratch]) rmSync(path, { recursive: true });
});

describe('after the end of the whole stack', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'by %s nothing is left, run.json included',
    async (signal) => {
      await begin();
      expect(readRunFile(folder)?.processes).toHaveLength(1);
      stack.kill(signal);
      await once(stack, 'exit');
      expect(await survivors()).toEqual([]);
      expect(existsSync(runFileIn(folder))).toBe(false);
      expect(readdirSync(scratch)).toEqual([]);
    },
  );

  it('by SIGKILL nothing is left running and no throw-away data', async () => {
    await begin();
    stack.kill('SIGKILL');
    expect(await survivors()).toEqual([]);
    expect(readRunFile(folder)).toBeNull();
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('by SIGKILL not even a service that ignores SIGTERM is left', async () => {
    await begin('stubborn');
    stack.kill('SIGKILL');
    expect(await survivors()).toEqual([]);
  });
});
