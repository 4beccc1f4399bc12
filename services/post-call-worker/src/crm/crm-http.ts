import { valueAt, type JsonValue } from '@tandem/contracts';
import { OutboundFailure, type OutboundClient, type OutboundRequest } from '@tandem/platform';
import { CrmFault } from './crm-fault.ts';

/** How much of a response is read. */
const MAX_RESPONSE_BYTES = 256 * 1024;

/** Statuses of a CRM that cannot serve anybody now, or of the proxy before it. */
const UNAVAILABLE: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

export type CrmRequest = Pick<OutboundRequest, 'method' | 'url' | 'headers' | 'body'>;

export interface CrmAnswer {
  readonly status: number;
  readonly retryAfterMs: number | null;
  /** Null when it is not JSON. */
  readonly json: JsonValue;
  readonly text: string;
}

/** Requests of one delivery, over the guarded client, until the time of the delivery is over. */
export class CrmHttp {
  constructor(
    private readonly client: Pick<OutboundClient, 'request'>,
    private readonly timeoutMs: number,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Returns the response, also one that refuses.
   * @throws CrmFault `unavailable` without a response; `failed` where a change may have been made and its
   * response was too late, so that it is not sent without end
   */
  async send(request: CrmRequest): Promise<CrmAnswer> {
    try {
      const { timeoutMs, signal } = this;
      const wanted = { ...request, timeoutMs, signal };
      const { status, retryAfterMs, text, isCutOff } = await this.client.request(wanted, MAX_RESPONSE_BYTES);
      return { status, retryAfterMs, text, json: isCutOff ? null : readJson(text) };
    } catch (error) {
      if (!(error instanceof OutboundFailure)) throw error;
      const code = error.code === 'cancelled' ? 'timeout' : error.code;
      const isSlow = code === 'timeout' && error.mayHaveArrived && request.method !== 'GET';
      throw new CrmFault(isSlow ? 'failed' : 'unavailable', code);
    }
  }
}

/**
 * Returns the fault of a response that refuses, by its status.
 * @param words the CRM's words in the response; null without any
 */
export function faultOf({ status, retryAfterMs }: CrmAnswer, words: string | null): CrmFault {
  const detail = { status, words, retryAfterMs };
  if (UNAVAILABLE.has(status)) return new CrmFault('unavailable', `http-${status}`, detail);
  const isPermanent = status >= 300 && status < 500 && status !== 409 && status !== 423;
  return new CrmFault(isPermanent ? 'refused' : 'failed', `http-${status}`, detail);
}

/** Returns the text at a path of a response; null when there is none. */
export function stringAt(json: JsonValue, path: string): string | null {
  const value = valueAt(json, path);
  return typeof value === 'string' && value !== '' ? value : null;
}

export const jsonHeaders = { accept: 'application/json', 'content-type': 'application/json' } as const;

/** Returns a request for a token, as OAuth 2 has it. */
export function tokenRequest(url: string, fields: Readonly<Record<string, string>>): CrmRequest {
  return {
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  };
}

function readJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}
