import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { isAlive, identityOf, type ProcessIdentity } from './process-identity.ts';

/**
 * The process that holds a claim. The server it started counts too: it may outlive a killed launcher by a
 * moment.
 */
export interface Holder {
  readonly launcher: ProcessIdentity;
  readonly server: ProcessIdentity | null;
}

const POLL_MS = 100;
/** A guard kills after 10 s at the latest. */
const ORPHAN_LIMIT_MS = 15_000;

/**
 * An exclusive claim on a folder or file, kept as a lock file beside it. A claim whose holder is dead is
 * free.
 */
export class Claim {
  private constructor(
    private readonly file: string,
    private readonly content: string,
  ) {}

  /** Returns the claim, or its holder. Never waits. */
  static attempt(file: string): Claim | Holder {
    makeFolder(dirname(file));
    for (;;) {
      const content = JSON.stringify({ launcher: identityOf(process.pid), server: null } satisfies Holder);
      if (writeOnce(file, content)) return new Claim(file, content);
      const found = readText(file);
      if (found === null) continue;
      const holder = parse(found);
      if (holder && isHeld(holder)) return holder;
      dropStale(file, found);
    }
  }

  /** Waits for the claim up to `waitMs`, while its holder is likely to end; then returns the holder. */
  static async wait(
    file: string,
    waitMs: number,
    isWorthWaiting: (holder: Holder) => boolean = () => true,
  ): Promise<Claim | Holder> {
    const until = Date.now() + waitMs;
    for (;;) {
      const claim = Claim.attempt(file);
      if (claim instanceof Claim || Date.now() >= until || !isWorthWaiting(claim)) return claim;
      await sleep(POLL_MS);
    }
  }

  /** Names the server that works in the claimed folder. */
  withServer(pid: number): Claim {
    const holder: Holder = { launcher: identityOf(process.pid), server: identityOf(pid) };
    const content = JSON.stringify(holder);
    const temporary = `${this.file}.${randomBytes(6).toString('hex')}`;
    writeFileSync(temporary, content);
    renameSync(temporary, this.file);
    return new Claim(this.file, content);
  }

  release(): void {
    if (readText(this.file) === this.content) rmSync(this.file, { force: true });
  }
}

/**
 * Claims a server's data folder. Waits for a server whose launcher is dead, as its guard is ending it.
 * @throws StackError naming the stack that has it
 */
export async function claimData(data: string): Promise<Claim> {
  const claim = await Claim.wait(`${data}.lock`, ORPHAN_LIMIT_MS, ({ launcher }) => !isAlive(launcher));
  if (claim instanceof Claim) return claim;
  throw new StackError(
    `Another stack is running on ${data} (process ${claim.launcher.pid}).`,
    'Use that one, or end it first. Two stacks at a time need two checkouts, or DATABASE_URL and REDIS_URL.',
  );
}

/** Returns the current holder of the claim; null when there is none. */
export function holderOf(file: string): Holder | null {
  const text = readText(file);
  const holder = text === null ? null : parse(text);
  return holder && isHeld(holder) ? holder : null;
}

function isHeld(holder: Holder): boolean {
  return isAlive(holder.launcher) || (holder.server !== null && isAlive(holder.server));
}

/** A link appears whole or not at all, so a reader never sees half a claim. */
function writeOnce(file: string, content: string): boolean {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(temporary, content);
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Two processes may find the same dead claim: the slower one may have moved the new claim of the quicker one
 * away, and puts it back.
 */
function dropStale(file: string, stale: string): void {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readText(aside);
  rmSync(aside, { force: true });
  if (moved !== null && moved !== stale) writeOnce(file, moved);
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parse(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    return typeof value?.launcher?.pid === 'number'
      ? { launcher: value.launcher, server: value.server ?? null }
      : null;
  } catch {
    return null;
  }
}
