import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Claim } from '../process/folder-claim.ts';
import { readRunFile, removeRunFile, runClaimFile, runFileIn, writeRunFile, type Run } from './run-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-run-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run: Run = {
  processes: [{ service: 'media-relay', instance: 'relay-1', pid: 4711, ports: { http: 8081 } }],
  databaseUrl: 'postgres://tandem:secret@127.0.0.1:54329/tandem',
  redisUrl: null,
  publicUrl: null,
};

describe('run.json', () => {
  it('is read as written while its supervisor runs', () => {
    Claim.attempt(runClaimFile(folder));
    writeRunFile(runFileIn(folder), run);
    expect(readRunFile(folder)).toEqual(run);
  });

  it('holds passwords, so other users may not read it', () => {
    writeRunFile(runFileIn(folder), run);
    expect(statSync(runFileIn(folder)).mode & 0o077).toBe(0);
  });

  it('is replaced whole and leaves nothing beside it', () => {
    Claim.attempt(runClaimFile(folder));
    writeRunFile(runFileIn(folder), run);
    writeRunFile(runFileIn(folder), { ...run, redisUrl: 'redis://127.0.0.1:6389' });
    expect(readRunFile(folder)?.redisUrl).toBe('redis://127.0.0.1:6389');
    expect(readdirSync(folder).sort()).toEqual(['run.json', 'run.json.lock']);
  });

  it('counts as none after the stack was killed', () => {
    writeRunFile(runFileIn(folder), run);
    writeFileSync(
      runClaimFile(folder),
      JSON.stringify({ launcher: { pid: 2 ** 30, startedAt: 'never' }, server: null }),
    );
    expect(readRunFile(folder)).toBeNull();
  });

  it('counts as none when removed or never written', () => {
    Claim.attempt(runClaimFile(folder));
    writeRunFile(runFileIn(folder), run);
    removeRunFile(runFileIn(folder));
    removeRunFile(runFileIn(folder));
    expect(readRunFile(folder)).toBeNull();
  });
});
