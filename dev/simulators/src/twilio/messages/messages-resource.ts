import { randomUUID } from 'node:crypto';
import type { CallServices } from '../leg/call-services.ts';
import { makeSid, rfc2822 } from '../reference/sids.ts';
import type { RestAnswer } from '../rest/calls-resource.ts';
import { RestError } from '../rest/rest-error.ts';
import type { OptOuts } from './opt-outs.ts';

/** A message that our application sent. */
export interface SentSms {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly statusCallback: string | null;
}

/** The carrier's reports on a message, in this order. */
export type SmsFate = readonly { readonly status: string; readonly errorCode?: string }[];

export const DELIVERED: SmsFate = [{ status: 'queued' }, { status: 'sent' }, { status: 'delivered' }];

export interface MessagesOptions {
  /** Numbers of the account that can send. */
  readonly numbers: readonly string[];
  readonly fateOf: (sms: SentSms) => SmsFate;
  readonly optOuts: OptOuts;
}

const E164 = /^\+[1-9]\d{1,14}$/;
const MAX_BODY = 1_600;

/** `Messages.json` of one account. */
export class MessagesResource {
  readonly sent: SentSms[] = [];
  private readonly reports = new Set<Promise<void>>();

  constructor(
    private readonly services: CallServices,
    private readonly options: MessagesOptions,
  ) {}

  create(form: URLSearchParams): RestAnswer {
    const sms = this.read(form);
    this.sent.push(sms);
    const reporting = this.report(sms).finally(() => this.reports.delete(reporting));
    this.reports.add(reporting);
    return { status: 201, body: this.toJson(sms) };
  }

  /** Settles once every report is delivered. */
  async settled(): Promise<void> {
    await Promise.all(this.reports);
  }

  private read(form: URLSearchParams): SentSms {
    const [to, from, body] = ['To', 'From', 'Body'].map((name) => form.get(name) ?? '') as [
      string,
      string,
      string,
    ];
    if (to === '') throw new RestError(400, 21_604, "A 'To' phone number is required.");
    if (!E164.test(to))
      throw new RestError(400, 21_211, `The 'To' number ${to} is not a valid phone number.`);
    if (from === '') throw new RestError(400, 21_603, "A 'From' phone number is required.");
    if (!this.options.numbers.includes(from))
      throw new RestError(400, 21_606, `The 'From' number ${from} is not a number of your account.`);
    if (to === from) throw new RestError(400, 21_266, "'To' and 'From' number cannot be the same");
    if (body === '') throw new RestError(400, 21_602, 'Message body is required.');
    if ([...body].length > MAX_BODY)
      throw new RestError(400, 21_617, 'The concatenated message body exceeds the 1600 character limit.');
    const statusCallback = form.get('StatusCallback') || null;
    if (statusCallback !== null && !/^https?:/.test(statusCallback))
      throw new RestError(400, 21_609, `The StatusCallback URL ${statusCallback} is not a valid URL.`);
    if (this.options.optOuts.has(to, from))
      throw new RestError(400, 21_610, 'Attempt to send to unsubscribed recipient');
    return { sid: makeSid('SM'), from, to, body, statusCallback };
  }

  private async report(sms: SentSms): Promise<void> {
    const { accountSid, webhooks } = this.services;
    const { sid, from, to, statusCallback } = sms;
    if (statusCallback === null) return;
    for (const { status, errorCode } of this.options.fateOf(sms)) {
      await webhooks.request({
        url: statusCallback,
        method: 'POST',
        fields: {
          MessageSid: sid,
          SmsSid: sid,
          MessageStatus: status,
          SmsStatus: status,
          AccountSid: accountSid,
          From: from,
          To: to,
          ApiVersion: '2010-04-01',
          ...(errorCode === undefined ? {} : { ErrorCode: errorCode }),
        },
        idempotencyToken: randomUUID(),
      });
    }
  }

  private toJson({ sid, from, to, body }: SentSms): Record<string, unknown> {
    const { accountSid, clock } = this.services;
    const now = rfc2822(clock.wallTime());
    const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${sid}`;
    return {
      account_sid: accountSid,
      api_version: '2010-04-01',
      body,
      date_created: now,
      date_sent: null,
      date_updated: now,
      direction: 'outbound-api',
      error_code: null,
      error_message: null,
      from,
      messaging_service_sid: null,
      num_media: '0',
      num_segments: '1',
      price: null,
      price_unit: 'USD',
      sid,
      status: 'queued',
      subresource_uris: { media: `${uri}/Media.json` },
      to,
      uri: `${uri}.json`,
    };
  }
}
