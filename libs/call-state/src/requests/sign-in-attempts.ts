import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';
import { run } from '../scripts/script.ts';
import { takeAttempt, takeBackAttempt } from '../scripts/sign-in-attempts.ts';

/** Account and address an attempt is counted for, by keyed hash; no account for a sign-in by a link. */
export interface AttemptCounted {
  readonly account: string | null;
  readonly address: string;
}

const MINUTE_MS = 60_000;
const RULES = {
  account: { free: 5, firstMs: 1_000, mostMs: 5 * MINUTE_MS, keepMs: 24 * 60 * MINUTE_MS },
  // Many people may share an address.
  address: { free: 30, firstMs: 1_000, mostMs: 15 * MINUTE_MS, keepMs: 60 * MINUTE_MS },
} as const;

/** Attempts to sign in, over all processes: each failed one makes the next ones wait longer. */
export class SignInAttempts {
  constructor(private readonly redis: Redis) {}

  /**
   * Counts an attempt as failed, until it is taken back. Returns 0, or ms until one is allowed.
   * @throws when Redis cannot be reached
   */
  async take(counted: AttemptCounted): Promise<number> {
    const places = placesOf(counted);
    const rules = places.flatMap(({ rule: { free, firstMs, mostMs, keepMs } }) => [
      free,
      firstMs,
      mostMs,
      keepMs,
    ]);
    return Number(
      await run(
        this.redis,
        takeAttempt,
        places.map(({ key }) => key),
        rules,
      ),
    );
  }

  /** Takes an attempt back that has not failed. */
  async takeBack(counted: AttemptCounted): Promise<void> {
    const places = placesOf(counted);
    await run(
      this.redis,
      takeBackAttempt,
      places.map(({ key }) => key),
      places.map(({ rule }) => rule.free),
    );
  }

  /** Forgets all failed attempts at an account, whose user has signed in. */
  async forget(account: string): Promise<void> {
    await this.redis.del(keys.signIn('account', account));
  }
}

function placesOf({ account, address }: AttemptCounted) {
  return [
    ...(account === null ? [] : [{ key: keys.signIn('account', account), rule: RULES.account }]),
    { key: keys.signIn('address', address), rule: RULES.address },
  ];
}
