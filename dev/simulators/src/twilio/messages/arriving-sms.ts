import { randomUUID } from 'node:crypto';
import type { CallServices } from '../leg/call-services.ts';
import { makeSid } from '../reference/sids.ts';
import type { WebhookOutcome } from '../webhook/webhook-client.ts';
import type { OptOuts } from './opt-outs.ts';

/** A text message of somebody to one of our numbers. */
export interface ArrivingSms {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** The number's webhook for messages. */
  readonly smsUrl: string;
  readonly media?: readonly { readonly url: string; readonly contentType: string }[];
  /** As Advanced Opt-Out adds it. */
  readonly optOutType?: 'STOP' | 'START' | 'HELP';
  /** Default: a new one. */
  readonly sid?: string;
  /** Requests about the same message at the same moment. Default 1. */
  readonly copies?: number;
}

/** Requests the number's webhook about a message; returns the answers to all copies. */
export async function arriveSms(
  { accountSid, webhooks }: CallServices,
  optOuts: OptOuts,
  { from, to, body, smsUrl, media = [], optOutType, sid = makeSid('SM'), copies = 1 }: ArrivingSms,
): Promise<WebhookOutcome[]> {
  optOuts.hear(from, to, body);
  const fields = {
    ToCountry: 'US',
    FromCountry: 'US',
    MessageSid: sid,
    SmsSid: sid,
    SmsMessageSid: sid,
    AccountSid: accountSid,
    SmsStatus: 'received',
    NumSegments: '1',
    NumMedia: String(media.length),
    Body: body,
    From: from,
    To: to,
    ApiVersion: '2010-04-01',
    ...Object.fromEntries(
      media.flatMap(({ url, contentType }, index) => [
        [`MediaUrl${index}`, url],
        [`MediaContentType${index}`, contentType],
      ]),
    ),
    ...(optOutType === undefined ? {} : { OptOutType: optOutType }),
    // Fields are added without notice.
    SimulatedUnannouncedField: 'ignore me',
  };
  const idempotencyToken = randomUUID();
  return Promise.all(
    Array.from({ length: copies }, () =>
      webhooks.request({ url: smsUrl, method: 'POST', fields, idempotencyToken }),
    ),
  );
}
