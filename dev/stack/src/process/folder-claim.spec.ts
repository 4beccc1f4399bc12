import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Claim, holderOf, type Holder } from './folder-claim.ts';
import { identityOf } from './process-identity.ts';

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-claim-'));
  lock = join(folder, 'data.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** No process has this number: it is above every kernel's limit. */
const NOBODY = { pid: 2 ** 30, startedAt: 'never' };

function leave(holder: Holder): void {
  writeFileSync(lock, JSON.stringify(holder));
}

describe('a claim', () => {
  it('has one holder only, who is named to the next', () => {
    expect(Claim.attempt(lock)).toBeInstanceOf(Claim);
    expect(Claim.attempt(lock)).toMatchObject({ launcher: { pid: process.pid } });
  });

  it('is free again after its release', () => {
    const first = Claim.attempt(lock);
    if (first instanceof Claim) first.release();
    expect(Claim.attempt(lock)).toBeInstanceOf(Claim);
  });

  it('of a dead process is free', () => {
    leave({ launcher: NOBODY, server: null });
    expect(holderOf(lock)).toBeNull();
    expect(Claim.attempt(lock)).toBeInstanceOf(Claim);
  });

  it('is free after its process number was reused', () => {
    leave({ launcher: { pid: process.pid, startedAt: 'in another life' }, server: null });
    expect(Claim.attempt(lock)).toBeInstanceOf(Claim);
  });

  it('is held while the server lives, even when its launcher is dead', () => {
    leave({ launcher: NOBODY, server: identityOf(process.pid) });
    expect(Claim.attempt(lock)).toMatchObject({ server: { pid: process.pid } });
    expect(holderOf(lock)).not.toBeNull();
  });

  it('is free when cut off in the middle', () => {
    writeFileSync(lock, '{"launcher":{"pi');
    expect(Claim.attempt(lock)).toBeInstanceOf(Claim);
  });

  it('survives the release of an older one', () => {
    const first = Claim.attempt(lock) as Claim;
    first.withServer(process.pid);
    first.release();
    expect(holderOf(lock)).toMatchObject({ server: { pid: process.pid } });
  });

  it('is waited for', async () => {
    const first = Claim.attempt(lock) as Claim;
    const second = Claim.wait(lock, 10_000);
    first.release();
    expect(await second).toBeInstanceOf(Claim);
  });

  it('leaves nothing but its file', () => {
    leave({ launcher: NOBODY, server: null });
    Claim.attempt(lock);
    Claim.attempt(lock);
    expect(readdirSync(folder)).toEqual(['data.lock']);
  });
});
