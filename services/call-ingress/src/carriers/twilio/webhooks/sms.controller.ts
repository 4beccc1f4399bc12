import { Body, Controller, Header, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { MessageRepository } from '@tandem/database';
import { emptyTwiml } from '@tandem/telephony';
import { ReceivedMessages } from '../../../messages/received-messages.service.ts';
import { IngressMetrics } from '../../../runtime/ingress-metrics.ts';
import { TwilioAccounts } from '../adapter/twilio-accounts.ts';
import { TwilioSignatureGuard } from '../adapter/twilio-signature.guard.ts';
import {
  SMS_STATUSES,
  smsForm,
  smsStatusForm,
  smsStatusQuery,
  type SmsForm,
  type SmsStatusForm,
  type SmsStatusQuery,
} from './sms-forms.ts';

/** Text messages to our numbers, and reports about those we sent. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class SmsController {
  constructor(
    private readonly received: ReceivedMessages,
    private readonly messages: MessageRepository,
    private readonly accounts: TwilioAccounts,
    private readonly metrics: IngressMetrics,
  ) {}

  /** Always without a message in it: the answer is sent over the REST API. */
  @Post('sms')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async sms(@Body({ schema: smsForm }) form: SmsForm): Promise<string> {
    await this.received.receive({
      carrierMessageId: form.MessageSid,
      carrierAccountId: form.AccountSid ?? null,
      from: form.From,
      to: form.To,
      body: form.Body,
      mediaCount: form.NumMedia,
      consent: form.OptOutType,
    });
    return emptyTwiml();
  }

  /** Reports arrive in any order, and more than once. */
  @Post('sms-status')
  @HttpCode(204)
  async status(
    @Body({ schema: smsStatusForm }) form: SmsStatusForm,
    @Query({ schema: smsStatusQuery }) { m: messageId }: SmsStatusQuery,
  ): Promise<void> {
    const status = SMS_STATUSES[form.MessageStatus];
    // Statuses of later versions say nothing to us.
    const outcome = status
      ? await this.messages.report(messageId, this.accounts.accountOf(form.AccountSid) ?? '', {
          status,
          reason: form.ErrorCode ?? null,
          providerId: form.MessageSid,
        })
      : 'unchanged';
    this.metrics.messageReports.inc({ outcome });
  }
}
