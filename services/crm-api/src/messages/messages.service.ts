import { Inject, Injectable } from '@nestjs/common';
import { mailAddressOf, shortMessage } from '@tandem/contracts';
import {
  ContactRepository,
  MessageRepository,
  NumberRepository,
  type Message,
  type OutgoingMessage,
  type Transaction,
} from '@tandem/database';
import { CONFIG, Problem, type Principal, type ServiceConfig } from '@tandem/platform';
import { toolCallIdOf } from '../http/tool-call-key.ts';
import type { CreateEmail, CreateMessage, CreateSms } from './message.dto.ts';

/** Messages one call may send: a model that repeats itself must not write to a caller without end. */
const MOST_IN_CALL = 5;

/** Stores messages to send; post-call-worker sends them. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly messages: MessageRepository,
    private readonly contacts: ContactRepository,
    private readonly numbers: NumberRepository,
    @Inject(CONFIG)
    private readonly config: Pick<ServiceConfig<'crm-api'>, 'twilioAccountSid' | 'mailFrom'>,
  ) {}

  /**
   * Returns the message as it will be stored, its receiver looked up.
   * @param key the request's Idempotency-Key; that of a service is the id of the tool call
   * @throws Problem 409 `sms-not-set-up`, `mail-not-set-up`; 422 `unknown-number`, `no-email`
   */
  async prepare(principal: Principal, key: string, asked: CreateMessage): Promise<OutgoingMessage> {
    const { tenantId, callId } = principal;
    const toolCallId = toolCallIdOf(principal, key);
    const parts = asked.channel === 'sms' ? this.sms(principal, asked) : this.email(principal, asked);
    return { tenantId, callId, toolCallId, ...(await parts) };
  }

  /** @throws Problem 409 `opted-out`, `too-many-messages` */
  async create(transaction: Transaction, outgoing: OutgoingMessage): Promise<Message> {
    const message = await this.messages.create(transaction, outgoing, MOST_IN_CALL);
    if (message === 'too-many')
      throw new Problem(
        409,
        'too-many-messages',
        'Too many messages in one call',
        `This call has sent ${MOST_IN_CALL} messages. Nothing more is sent in it.`,
      );
    if (message !== 'opted-out') return message;
    throw new Problem(
      409,
      'opted-out',
      'The receiver wants no text messages',
      'They wrote STOP to this number, or a word like it. They get messages again once they write START.',
    );
  }

  private async sms(
    { tenantId }: Principal,
    { from, to, text }: CreateSms,
  ): Promise<Pick<OutgoingMessage, 'channel' | 'ownAddress' | 'party' | 'body'>> {
    if (this.config.twilioAccountSid === undefined)
      throw new Problem(
        409,
        'sms-not-set-up',
        'Text messages are not set up here',
        'Set TWILIO_ACCOUNT_SID for crm-api, and it with TWILIO_AUTH_TOKEN for post-call-worker.',
      );
    const ownAddress = await this.numbers.ownForm(tenantId, from);
    if (ownAddress === null)
      throw new Problem(422, 'unknown-number', 'Not your number', '"from" must be one of your own numbers.');
    return { channel: 'sms', ownAddress, party: to, body: shortMessage(text) };
  }

  private async email(
    { tenantId }: Principal,
    { contactPhone, subject, text }: CreateEmail,
  ): Promise<Pick<OutgoingMessage, 'channel' | 'ownAddress' | 'party' | 'subject' | 'body'>> {
    const { mailFrom } = this.config;
    if (mailFrom === undefined)
      throw new Problem(
        409,
        'mail-not-set-up',
        'E-mail is not set up here',
        'Set MAIL_FROM for crm-api, and it with SMTP_URL for post-call-worker.',
      );
    const { items } = await this.contacts.list(tenantId, { phone: contactPhone }, { limit: 1 });
    const address = items[0]?.email;
    if (!address)
      throw new Problem(
        422,
        'no-email',
        'No e-mail address is known',
        'There is no contact with this number, or it has no e-mail address.',
      );
    return { channel: 'email', ownAddress: mailAddressOf(mailFrom), party: address, subject, body: text };
  }
}
