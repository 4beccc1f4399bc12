import { ProviderError, type ProviderErrorCategory } from '@tandem/contracts';
import twilio from 'twilio';
import { restFault } from './rest-fault.ts';

export interface TwilioCallsOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** Address of the REST API; Twilio's own when absent. */
  readonly baseUrl?: string;
  readonly timeoutMs?: number;
}

/** `gone`: the call has ended or never existed, so there is nothing to change. */
export type CallChange = 'done' | 'gone';

const PROVIDER = 'twilio';
const TIMEOUT_MS = 5_000;
/** Error codes "call not in progress" and "no such call" (twilio.com/docs/api/errors). */
const GONE: ReadonlySet<number> = new Set([21_220, 20_404]);

/**
 * Changes running calls over the REST API. A new document replaces the running one and ends its stream, so
 * this is for calls whose relay no longer responds, never for those a relay holds.
 */
export class TwilioCalls {
  private readonly client: ReturnType<typeof twilio>;

  constructor({ accountSid, authToken, baseUrl, timeoutMs = TIMEOUT_MS }: TwilioCallsOptions) {
    this.client = twilio(accountSid, authToken, { timeout: timeoutMs });
    if (baseUrl !== undefined) this.client.api.baseUrl = baseUrl;
  }

  /** Replaces the call's document with this TwiML. @throws ProviderError */
  redirect(carrierCallId: string, twiml: string): Promise<CallChange> {
    return this.update(carrierCallId, { twiml });
  }

  /** @throws ProviderError */
  hangUp(carrierCallId: string): Promise<CallChange> {
    return this.update(carrierCallId, { status: 'completed' });
  }

  private async update(
    carrierCallId: string,
    change: { readonly twiml: string } | { readonly status: 'completed' },
  ): Promise<CallChange> {
    try {
      await this.client.calls(carrierCallId).update(change);
      return 'done';
    } catch (error) {
      const { status, code } = restFault(error);
      if (code !== null && GONE.has(code)) return 'gone';
      throw new ProviderError(
        'Twilio did not change a call. Look its code up at twilio.com/docs/api/errors.',
        {
          provider: PROVIDER,
          code: String(code ?? status ?? 'unreachable'),
          category: categoryOf(status),
          cause: error,
        },
      );
    }
  }
}

function categoryOf(status: number | null): ProviderErrorCategory {
  if (status === null) return 'connectivity';
  if (status === 401 || status === 403) return 'authentication';
  if (status === 429) return 'rate-limit';
  return status >= 500 ? 'server' : 'invalid-request';
}
