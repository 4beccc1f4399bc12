import twilio from 'twilio';
import { restFault, type RestFault } from './rest-fault.ts';
import { ASK_AGAIN } from './twiml.ts';

export interface TwilioSmsOptions {
  /** The accounts with numbers, the one for messages that name none first. */
  readonly accounts: readonly { readonly accountSid: string; readonly authToken: string }[];
  /** Address of the REST API; Twilio's own when absent. */
  readonly baseUrl?: string | undefined;
  readonly timeoutMs?: number;
}

export interface OutgoingSms {
  /** One of the account's numbers, E.164. */
  readonly from: string;
  readonly to: string;
  /** Up to 1,600 characters. */
  readonly body: string;
  /** Where Twilio reports how far the message got; see {@link smsStatusUrl}. Absent for no reports. */
  readonly statusCallback?: string;
  /** The account with the number; null for the first one. */
  readonly accountId: string | null;
}

/**
 * The outcome of handing a message over. `refused` is final; `not-taken` may be tried again, because Twilio
 * certainly does not have the message; after `uncertain` it may have it.
 */
export type SmsOutcome =
  | { readonly kind: 'accepted'; readonly providerId: string }
  | { readonly kind: 'opted-out' }
  | { readonly kind: 'not-set-up' }
  | { readonly kind: 'refused' | 'not-taken' | 'uncertain'; readonly code: string };

const TIMEOUT_MS = 10_000;
/** "Attempt to send to unsubscribed recipient" (twilio.com/docs/api/errors/21610). */
const UNSUBSCRIBED = 21_610;
/** Refusals that pass: a wrong token until it is corrected, too many requests, an API that is away. */
const PASSING: ReadonlySet<number> = new Set([401, 429, 503]);
/** No request was sent over such a connection. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Sends text messages over Twilio's REST API. */
export class TwilioSms {
  private readonly clients: ReadonlyMap<string, ReturnType<typeof twilio>>;

  constructor({ accounts, baseUrl, timeoutMs = TIMEOUT_MS }: TwilioSmsOptions) {
    this.clients = new Map(
      accounts.map(({ accountSid, authToken }) => {
        const client = twilio(accountSid, authToken, { timeout: timeoutMs });
        if (baseUrl !== undefined) client.api.baseUrl = baseUrl;
        return [accountSid, client] as const;
      }),
    );
  }

  /** Hands one message over. Always resolves. */
  async send({ accountId, ...message }: OutgoingSms): Promise<SmsOutcome> {
    const client = accountId === null ? [...this.clients.values()][0] : this.clients.get(accountId);
    if (!client) return { kind: 'not-set-up' };
    try {
      const { sid } = await client.messages.create(message);
      return { kind: 'accepted', providerId: sid };
    } catch (error) {
      return outcomeOf(restFault(error));
    }
  }
}

/** Returns the address for reports about a message of this id. */
export function smsStatusUrl(publicBaseUrl: string, messageId: string): string {
  return `${publicBaseUrl}/twilio/sms-status?m=${messageId}${ASK_AGAIN}`;
}

function outcomeOf({ status, code, socketCode }: RestFault): SmsOutcome {
  if (code === UNSUBSCRIBED) return { kind: 'opted-out' };
  const said = String(code ?? status ?? socketCode?.toLowerCase() ?? 'unreachable');
  if (status === null)
    return { kind: NOT_CONNECTED.has(socketCode ?? '') ? 'not-taken' : 'uncertain', code: said };
  if (PASSING.has(status)) return { kind: 'not-taken', code: said };
  return { kind: status >= 500 ? 'uncertain' : 'refused', code: said };
}
