import twilio from 'twilio';
import { restFault, type RestFault } from './rest-fault.ts';
import { ASK_AGAIN } from './twiml.ts';

export interface TwilioSmsOptions {
  /** The accounts with numbers; that of a number is looked for in this order. */
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
  /** The account with the number; null when it is not known. */
  readonly accountId: string | null;
}

/**
 * The outcome of handing a message over. `refused` is final; `not-taken` may be tried again, because Twilio
 * certainly does not have the message; after `uncertain` it may have it.
 */
export type SmsOutcome =
  | { readonly kind: 'accepted'; readonly providerId: string; readonly accountId: string }
  | { readonly kind: 'opted-out' }
  | { readonly kind: 'not-set-up' }
  | { readonly kind: 'refused' | 'not-taken' | 'uncertain'; readonly code: string };

const TIMEOUT_MS = 10_000;
/** "Attempt to send to unsubscribed recipient" (twilio.com/docs/api/errors/21610). */
const UNSUBSCRIBED = 21_610;
/** The sender is no number of this account (the same page, 21606, 21659 and 21660). */
const NOT_OF_ACCOUNT: ReadonlySet<string> = new Set(['21606', '21659', '21660']);
/** The token of the account is wrong: nothing is known about its numbers. */
const UNAUTHORIZED = new Set(['20003', '401']);
/** Most numbers whose account is remembered. */
const MOST_NUMBERS = 10_000;
/** Refusals that pass: a wrong token until it is corrected, too many requests, an API that is away. */
const PASSING: ReadonlySet<number> = new Set([401, 429, 503]);
/** No request was sent over such a connection. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Sends text messages over Twilio's REST API. */
export class TwilioSms {
  private readonly clients: ReadonlyMap<string, ReturnType<typeof twilio>>;
  /** Accounts by number, as they have sent. */
  private readonly owners = new Map<string, string>();

  constructor({ accounts, baseUrl, timeoutMs = TIMEOUT_MS }: TwilioSmsOptions) {
    this.clients = new Map(
      accounts.map(({ accountSid, authToken }) => {
        const client = twilio(accountSid, authToken, { timeout: timeoutMs });
        if (baseUrl !== undefined) client.api.baseUrl = baseUrl;
        return [accountSid, client] as const;
      }),
    );
  }

  /** Hands one message over, through the account its number belongs to. Always resolves. */
  async send({ accountId, ...message }: OutgoingSms): Promise<SmsOutcome> {
    let outcome: SmsOutcome = { kind: 'not-set-up' };
    for (const account of this.accountsFor(message.from, accountId)) {
      const next = await this.sendOver(account, message);
      if (next.kind === 'accepted') this.remember(message.from, account);
      if (!isOfAnother(next)) return next;
      // What may still be taken is tried again, whatever the other accounts say.
      if (outcome.kind !== 'not-taken') outcome = next;
    }
    return outcome;
  }

  /** Returns the accounts to try: a number belongs to one, and every other one refuses it. */
  private accountsFor(from: string, accountId: string | null): readonly string[] {
    if (accountId !== null) return [accountId];
    const owner = this.owners.get(from);
    const all = [...this.clients.keys()];
    return owner === undefined ? all : [owner, ...all.filter((account) => account !== owner)];
  }

  private remember(number: string, account: string): void {
    this.owners.delete(number);
    this.owners.set(number, account);
    const [oldest] = this.owners.keys();
    if (this.owners.size > MOST_NUMBERS && oldest !== undefined) this.owners.delete(oldest);
  }

  private async sendOver(accountId: string, message: Omit<OutgoingSms, 'accountId'>): Promise<SmsOutcome> {
    const client = this.clients.get(accountId);
    if (!client) return { kind: 'not-set-up' };
    try {
      const { sid } = await client.messages.create(message);
      return { kind: 'accepted', providerId: sid, accountId };
    } catch (error) {
      return outcomeOf(restFault(error));
    }
  }
}

/** Returns the address for reports about a message of this id. */
export function smsStatusUrl(publicBaseUrl: string, messageId: string): string {
  return `${publicBaseUrl}/twilio/sms-status?m=${messageId}${ASK_AGAIN}`;
}

/** Returns whether another account may have the number. */
function isOfAnother(outcome: SmsOutcome): boolean {
  if (outcome.kind === 'refused') return NOT_OF_ACCOUNT.has(outcome.code);
  return outcome.kind === 'not-taken' && UNAUTHORIZED.has(outcome.code);
}

function outcomeOf({ status, code, socketCode }: RestFault): SmsOutcome {
  if (code === UNSUBSCRIBED) return { kind: 'opted-out' };
  const said = String(code ?? status ?? socketCode?.toLowerCase() ?? 'unreachable');
  if (status === null)
    return { kind: NOT_CONNECTED.has(socketCode ?? '') ? 'not-taken' : 'uncertain', code: said };
  if (PASSING.has(status)) return { kind: 'not-taken', code: said };
  return { kind: status >= 500 ? 'uncertain' : 'refused', code: said };
}
