import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Claim } from './process/folder-claim.ts';
import { resetStack } from './reset-stack.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-reset-'));
  for (const name of ['postgres-1000', 'redis-1000', 'logs', 'cache', 'notes', 'recordings'])
    mkdirSync(join(folder, name));
  for (const name of ['run.json', 'recording-keys.json', 'secrets.json'])
    writeFileSync(join(folder, name), '{}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('reset of the stack', () => {
  it(
    'removes data, recordings with their keys, logs and run.json and says so; what stays is named, and ' +
      'what is not ours too',
    () => {
      const lines: string[] = [];
      const removed = resetStack({ folder, log: (line) => lines.push(line) });
      expect(removed.map((path) => basename(path)).sort()).toEqual([
        'logs',
        'postgres-1000',
        'recording-keys.json',
        'recordings',
        'redis-1000',
        'run.json',
      ]);
      expect(lines.filter((line) => line.startsWith('removed '))).toHaveLength(6);
      expect(lines.filter((line) => line.startsWith('kept '))).toEqual([
        expect.stringContaining('secrets.json'),
        expect.stringContaining('cache'),
      ]);
      expect(readdirSync(folder).sort()).toEqual(['cache', 'notes', 'secrets.json']);
    },
  );

  it('removes downloads when asked to', () => {
    resetStack({ folder, withCache: true });
    expect(readdirSync(folder).sort()).toEqual(['notes', 'secrets.json']);
  });

  it.each(['postgres-1000.lock', 'redis-1000.lock', 'run.json.lock'])(
    'is refused while %s is held, and then removes nothing',
    (name) => {
      const claim = Claim.attempt(join(folder, name)) as Claim;
      expect(() => resetStack({ folder })).toThrow(`process ${process.pid}`);
      expect(readdirSync(folder)).toContain('postgres-1000');
      claim.release();
      expect(resetStack({ folder })).toHaveLength(6);
    },
  );

  it('removes nothing in a checkout that never ran', () => {
    expect(resetStack({ folder: join(folder, 'nowhere') })).toEqual([]);
  });
});
