import type { QueueName } from '@tandem/contracts';

export interface QueueSettings {
  /** How long finished jobs stay: longer than any retry that relies on their job id. */
  readonly keepCompletedS: number;
  readonly keepFailedS: number;
  readonly attempts: number;
  /** First delay of an exponential back-off, in ms. */
  readonly backoffMs: number;
  /** A worker that has not renewed its lock for this long counts as dead. */
  readonly lockMs: number;
  /** Interval of the check for dead workers. */
  readonly stalledCheckMs: number;
  /** How many times a job may lose its worker before it fails. */
  readonly maxStalled: number;
}

/** The settings of every queue; a queue without settings does not compile. */
export const QUEUE_SETTINGS: Record<QueueName, QueueSettings> = {
  // A caller is waiting, and hears after 8 s that the result is uncertain: a dead worker's job must run again
  // well before. That takes the rest of the lock and up to two checks: 1.5 to 5 s. A worker that only seemed
  // dead does no harm, since every effect is idempotent. Handlers return an outcome instead of throwing, so
  // attempts cover only faults around them.
  'tool-calls': {
    keepCompletedS: 6 * 3600,
    keepFailedS: 24 * 3600,
    attempts: 2,
    backoffMs: 250,
    lockMs: 3_000,
    stalledCheckMs: 1_000,
    maxStalled: 5,
  },
  // Somebody publishes an agent and waits for a few seconds. Nothing is lost with a job: they publish again.
  'mcp-listings': {
    keepCompletedS: 60,
    keepFailedS: 3600,
    attempts: 1,
    backoffMs: 250,
    lockMs: 30_000,
    stalledCheckMs: 15_000,
    maxStalled: 0,
  },
  // No caller waits, but no call may be lost: retries for 50 hours, longer than its event log is kept.
  'post-call': {
    keepCompletedS: 3600,
    keepFailedS: 14 * 24 * 3600,
    attempts: 12_000,
    backoffMs: 500,
    lockMs: 30_000,
    stalledCheckMs: 15_000,
    maxStalled: 50,
  },
  // Somebody waits for an answer on their phone. While a model or a provider is away, attempts go on for a
  // quarter of an hour; later an answer would come out of the blue, and the message's row expires. Nothing is
  // sent twice, since the database claims each sending. A finished job stays until copies of its webhook have
  // stopped; a failed one for a day, to be looked at.
  messages: {
    keepCompletedS: 900,
    keepFailedS: 24 * 3600,
    attempts: 64,
    backoffMs: 1_000,
    lockMs: 30_000,
    stalledCheckMs: 10_000,
    maxStalled: 5,
  },
  // Nobody waits. While a model is away, attempts go on for four hours, longer than most outages last; then
  // the analysis has failed, and a run over these calls makes it again. The row is the truth: a finished job
  // need not stay. A failed one blocks its id for an hour, so that a job that ends its worker comes back
  // seldom.
  'call-analysis': {
    keepCompletedS: 60,
    keepFailedS: 3600,
    attempts: 960,
    backoffMs: 2_000,
    lockMs: 60_000,
    stalledCheckMs: 30_000,
    maxStalled: 3,
  },
};

/** Key prefix of all queues in Redis. */
export const QUEUE_PREFIX = 'tandem:queue';
/** Longest delay between attempts. */
export const MAX_BACKOFF_MS = 15_000;
