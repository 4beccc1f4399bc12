import { Injectable, Logger } from '@nestjs/common';
import { consentWordOf, maskNumbers } from '@tandem/contracts';
import { AgentDirectory, CallerDirectory, MessageRepository, type DialledNumber } from '@tandem/database';
import { MessageQueue } from '@tandem/platform';
import { judgeCaller } from '../admission/access-decision.ts';
import { identityOf } from '../ports/caller-identity.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';

/** A text message to one of our numbers as its carrier's webhook described it. */
export interface ReceivedSms {
  readonly carrierMessageId: string;
  /** The carrier's account it came over. */
  readonly carrierAccountId: string | null;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly mediaCount: number;
  /** The carrier's reading of a word about consent; empty for none. */
  readonly consent: string;
}

/**
 * Takes text messages in: each once, whatever the number of its copies, with what it says about consent
 * stored first. The answer is written and sent elsewhere.
 */
@Injectable()
export class ReceivedMessages {
  private readonly logger = new Logger(ReceivedMessages.name);

  constructor(
    private readonly directory: AgentDirectory,
    private readonly callers: CallerDirectory,
    private readonly messages: MessageRepository,
    private readonly queue: MessageQueue,
    private readonly metrics: IngressMetrics,
  ) {}

  /** @throws when Postgres cannot be reached: nothing is stored then, and the carrier may ask again */
  async receive(sms: ReceivedSms): Promise<void> {
    const to = identityOf(sms.to).e164;
    const number = to === null ? null : await this.directory.findByNumber(to);
    const from = identityOf(sms.from, to ?? undefined);
    // Nobody can answer a sender with a name in place of a number.
    if (!number || from.e164 === null)
      return void this.metrics.messages.inc({ outcome: number ? 'no-number' : 'unknown-number' });
    const message = await this.messages.receive({
      tenantId: number.tenant.id,
      channel: 'sms',
      ownAddress: number.e164,
      party: from.e164,
      // It may contain a card number, which must not be stored.
      body: maskNumbers(sms.body),
      mediaCount: sms.mediaCount,
      accountId: sms.carrierAccountId,
      providerId: sms.carrierMessageId,
      consent: consentWordOf(sms.body, sms.consent),
      refusal: await this.refusalOf(number, from.e164, sms),
    });
    this.metrics.messages.inc({ outcome: message ? (message.reason ?? 'received') : 'repeated' });
    if (!message) return;
    const { id: messageId, tenantId, reason } = message;
    this.logger.log({ messageId, tenantId, reason }, 'text message received');
    if (message.status === 'received') await this.queue.enqueue(messageId, tenantId);
  }

  /** Returns why the sender gets no answer: the rules of the number are those for its calls. */
  private async refusalOf(
    number: DialledNumber,
    e164: string,
    { body, mediaCount }: ReceivedSms,
  ): Promise<string | null> {
    const found = await this.callers.find(number.tenant.id, number.phoneNumberId, e164);
    const caller = { identity: { e164, isWithheld: false }, attestation: null };
    const { access } = judgeCaller(number.access, caller, found);
    if (access.refusal) return access.refusal;
    if (!number.agent) return 'agent-unavailable';
    return body.trim() === '' && mediaCount === 0 ? 'empty' : null;
  }
}
