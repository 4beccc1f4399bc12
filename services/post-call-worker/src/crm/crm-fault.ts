/**
 * How a push can fail. `unavailable`: the CRM is not reached or does not let us in, whatever the event.
 * `failed`: it broke on this event and may not do so again. `refused`: it does not take this event as it is.
 */
export type CrmFaultKind = 'unavailable' | 'failed' | 'refused';

/** The CRM's words in one line, without what could identify a person or open a door; at most this long. */
const MAX_WORDS = 500;

interface CrmFaultDetail {
  readonly status?: number | null;
  /** The CRM's words. */
  readonly words?: string | null;
  readonly retryAfterMs?: number | null;
}

/** A push that did not succeed. */
export class CrmFault extends Error {
  override readonly name = 'CrmFault';
  readonly status: number | null;
  readonly detail: string | null;
  readonly retryAfterMs: number | null;

  /** @param code kebab-case, such as `http-400` */
  constructor(
    readonly kind: CrmFaultKind,
    readonly code: string,
    { status = null, words = null, retryAfterMs = null }: CrmFaultDetail = {},
  ) {
    super(`The push ended with ${code}.`);
    this.status = status;
    this.detail = words === null ? null : scrubbed(words);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Returns words of a CRM in one line and cut, without addresses, phone numbers and long tokens. */
export function scrubbed(words: string): string {
  return words
    .slice(0, 8 * MAX_WORDS)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replace(/[^\s@"'<>(),;:]{1,64}@[^\s@"'<>(),;:]{1,255}/g, '[e-mail]')
    .replace(/[A-Za-z0-9+/_=.!-]{40,}/g, '[token]')
    .replace(/\+?\d[\d ().-]{5,}\d/g, '[number]')
    .trim()
    .slice(0, MAX_WORDS);
}
