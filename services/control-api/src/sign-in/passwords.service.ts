import { Injectable } from '@nestjs/common';
import { hash, verify, type Options } from '@node-rs/argon2';
import { Problem } from '@tandem/platform';

/** Argon2id as OWASP's "Password Storage Cheat Sheet" asks at least: 19 MiB, two passes, one lane. */
const FIGURES = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const satisfies Options;
const TODAY = `$argon2id$v=19$m=${FIGURES.memoryCost},t=${FIGURES.timeCost},p=${FIGURES.parallelism}$`;
/** Hashes at work, and waiting: each takes 19 MiB and a core for tens of milliseconds. */
const AT_WORK = 2;
const WAITING = 32;

/** Hashes and checks passwords, a few at a time. */
@Injectable()
export class Passwords {
  /** The hash that a password of nobody is checked against: it takes as long as a real one. */
  private readonly ofNobody = hash('the password of nobody', FIGURES);
  private readonly queue: (() => void)[] = [];
  private running = 0;

  /** @throws Problem 503 `sign-in-busy` */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(normal(password), FIGURES));
  }

  /**
   * Returns whether the password is the one of the hash; false without a hash, after the same time.
   * @throws Problem 503 `sign-in-busy`
   */
  isRight(password: string, stored: string | null): Promise<boolean> {
    return this.inTurn(async () => {
      const isSame = await verify(stored ?? (await this.ofNobody), normal(password));
      return isSame && stored !== null;
    });
  }

  /** Returns whether a hash was made with other figures than those of today. */
  isOutdated(stored: string): boolean {
    return !stored.startsWith(TODAY);
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= AT_WORK) {
      if (this.queue.length >= WAITING) throw busy();
      // The one that ends hands its place over.
      await new Promise<void>((resolve) => this.queue.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.queue.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}

/** One person types é as one character, another keyboard as two. */
const normal = (password: string): string => password.normalize('NFKC');

const busy = () =>
  new Problem(
    503,
    'sign-in-busy',
    'Not available right now',
    'Too many people are signing in. Nothing was checked; try again shortly.',
    {},
    { 'Retry-After': '2' },
  );
