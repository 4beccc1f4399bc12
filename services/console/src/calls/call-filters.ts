/** The filters of the list of calls, as they stand in the address. */
export interface CallFilters {
  readonly from?: string;
  readonly to?: string;
  readonly status?: string;
  readonly refusalReason?: string;
  readonly variant?: string;
  readonly callerGroup?: string;
  readonly language?: string;
  /** First and last day, yyyy-mm-dd, of the tenant's zone. */
  readonly since?: string;
  readonly until?: string;
}

export const STATUSES = [
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
] as const;
export const REFUSALS = [
  'unknown-number',
  'closed',
  'no-capacity',
  'agent-unavailable',
  'caller-blocked',
  'caller-not-allowed',
  'budget-reached',
  'provider-unavailable',
  'abandoned',
  'callback-requested',
] as const;

const TEXTS = ['from', 'to', 'status', 'refusalReason', 'variant', 'callerGroup', 'language'] as const;
const DAYS = ['since', 'until'] as const;
const MAX_LENGTH = 200;

/** Returns the filters of an address; what is not one of them is left out. */
export function readCallFilters(search: Record<string, unknown>): CallFilters {
  const texts = TEXTS.flatMap((name) => {
    const value = search[name];
    // The router reads +12025550123 as a number.
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && text !== '' ? [[name, text.slice(0, MAX_LENGTH)] as const] : [];
  });
  const days = DAYS.flatMap((name) => {
    const value = search[name];
    return typeof value === 'string' && isDay(value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries([...texts, ...days]);
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

/** Returns the day after, yyyy-mm-dd. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
