import type { QueueName } from '@tandem/contracts';

export interface QueueSettings {
  /** How long finished and failed jobs stay. Must outlive every retry that relies on a job id being known. */
  readonly keepCompletedS: number;
  readonly keepFailedS: number;
  readonly attempts: number;
  /** First delay of an exponential back-off, in ms. */
  readonly backoffMs: number;
  /** A worker that does not renew its lock for this long is taken for dead. */
  readonly lockMs: number;
  /** How often dead workers are looked for. */
  readonly stalledCheckMs: number;
  /** How often one job may lose its worker before it fails. */
  readonly maxStalled: number;
}

/** Every queue must be answered for here, or this does not compile. */
export const QUEUE_SETTINGS: Record<QueueName, QueueSettings> = {
  // A caller is waiting, and after 8 s is told that it is not certain: a dead worker's call has to run again
  // well before. That takes the rest of the lock and up to two checks: 1.5 to 5 s. A worker that only seemed
  // dead does no harm, since every effect has its key. Handlers answer with an outcome instead of throwing,
  // so attempts cover only what broke around them.
  'tool-calls': {
    keepCompletedS: 6 * 3600,
    keepFailedS: 24 * 3600,
    attempts: 2,
    backoffMs: 250,
    lockMs: 3_000,
    stalledCheckMs: 1_000,
    maxStalled: 5,
  },
  // Nobody waits, but nothing may be lost: keeps trying for 50 hours, longer than there is anything left to
  // write down.
  'post-call': {
    keepCompletedS: 3600,
    keepFailedS: 14 * 24 * 3600,
    attempts: 12_000,
    backoffMs: 500,
    lockMs: 30_000,
    stalledCheckMs: 15_000,
    maxStalled: 50,
  },
};

/** Key prefix of all queues in Redis. */
export const QUEUE_PREFIX = 'tandem:queue';
/** Longest delay between attempts. */
export const MAX_BACKOFF_MS = 15_000;
