import { Inject, Injectable, Logger } from '@nestjs/common';
import { ProviderError, type TenantId } from '@tandem/contracts';
import { MessageRepository, type Message } from '@tandem/database';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { smsStatusUrl, TwilioSms, type SmsOutcome } from '@tandem/telephony/sms';
import { PostCallMetrics } from '../post-call-metrics.ts';
import { MailSender, type MailOutcome } from './mail/mail-sender.ts';

/** Hands messages over to their providers, each at most once. */
@Injectable()
export class MessageSender {
  private readonly logger = new Logger(MessageSender.name);

  constructor(
    private readonly messages: MessageRepository,
    private readonly sms: TwilioSms,
    private readonly mail: MailSender,
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'post-call-worker'>, 'publicBaseUrl'>,
    private readonly metrics: PostCallMetrics,
  ) {}

  /**
   * Sends a queued message, unless its receiver wants none.
   * @throws ProviderError when its provider certainly did not take it: the job runs again
   */
  async send(tenantId: TenantId, messageId: string): Promise<void> {
    const message = await this.messages.claim(tenantId, messageId);
    if (!message) return;
    const outcome = await this.handOver(message);
    const { channel } = message;
    this.metrics.messagesSent.inc({ channel, outcome: outcome.kind });
    this.logger.log({ messageId, tenantId, channel, outcome: outcome.kind }, 'message handed over');
    await this.store(message, outcome);
  }

  private handOver({ id, channel, ownAddress, party, subject, body, accountId }: Message) {
    if (channel === 'email') return this.mail.send({ id, to: party, subject, text: body });
    const { publicBaseUrl } = this.config;
    return this.sms.send({
      from: ownAddress,
      to: party,
      body,
      accountId,
      ...(publicBaseUrl === undefined ? {} : { statusCallback: smsStatusUrl(publicBaseUrl, id) }),
    });
  }

  private async store({ id, tenantId, channel }: Message, outcome: SmsOutcome | MailOutcome): Promise<void> {
    switch (outcome.kind) {
      case 'accepted': {
        // A mail server reports nothing later.
        const status = channel === 'email' ? 'sent' : 'accepted';
        const { providerId } = outcome;
        const account = 'accountId' in outcome ? { accountId: outcome.accountId } : {};
        return this.messages.settle(tenantId, id, { status, providerId, ...account });
      }
      case 'opted-out':
        return this.messages.refusedByReceiver(tenantId, id);
      case 'not-set-up':
        this.logger.warn({ messageId: id, channel }, 'message not sent: its channel is not set up');
        return this.messages.settle(tenantId, id, { status: 'failed', reason: 'not-set-up' });
      case 'refused':
        return this.messages.settle(tenantId, id, { status: 'failed', reason: outcome.code });
      case 'uncertain':
        return this.messages.settle(tenantId, id, { status: 'uncertain', reason: outcome.code });
      case 'not-taken':
        await this.messages.release(tenantId, id);
        throw new ProviderError('The provider did not take a message. It is handed over again.', {
          provider: channel,
          code: outcome.code,
          category: 'connectivity',
        });
    }
  }
}
