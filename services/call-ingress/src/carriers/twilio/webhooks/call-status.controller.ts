import { Body, Controller, HttpCode, Logger, Post, Query, UseGuards } from '@nestjs/common';
import { CallStore } from '@tandem/call-state';
import { Problem } from '@tandem/platform';
import type { z } from 'zod';
import { CarrierReports } from '../../../recovery/carrier-reports.service.ts';
import { IngressMetrics } from '../../../runtime/ingress-metrics.ts';
import { CallbackUrls } from '../adapter/callback-urls.ts';
import { TwilioAccounts } from '../adapter/twilio-accounts.ts';
import { TwilioSignatureGuard } from '../adapter/twilio-signature.guard.ts';
import { statusForm, streamStatusForm, tokenQuery, type StatusForm } from './twilio-forms.ts';

/** Twilio reports every stream that our side closes as an error; we end a call by closing its stream. */
const CLOSED_BY_US = '31921';

/** Twilio's reports on calls and streams. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class CallStatusController {
  private readonly logger = new Logger(CallStatusController.name);

  constructor(
    private readonly calls: CallStore,
    private readonly accounts: TwilioAccounts,
    private readonly callbacks: CallbackUrls,
    private readonly reports: CarrierReports,
    private readonly metrics: IngressMetrics,
  ) {}

  @Post('status')
  @HttpCode(204)
  async status(@Body({ schema: statusForm }) form: StatusForm): Promise<void> {
    const { CallSid, CallStatus: status, SequenceNumber: sequence, CallDuration: durationS } = form;
    const outcome = await this.reports.ingest(
      CallSid,
      { status, sequence, ...(durationS === undefined ? {} : { durationS }) },
      this.accounts.accountOf(form.AccountSid) ?? '',
    );
    if (outcome === 'applied') return;
    this.metrics.refusedCallbacks.inc({ reason: outcome });
    throw new Problem(
      403,
      'other-account',
      'Not a call of this account',
      'The call came in over another account than the one that reports on it.',
      {},
      {},
      outcome,
    );
  }

  /** The only report of a failed stream handshake. */
  @Post('stream-status')
  @HttpCode(204)
  async streamStatus(
    @Body({ schema: streamStatusForm }) form: z.infer<typeof streamStatusForm>,
    @Query('t', { schema: tokenQuery }) token?: string,
  ): Promise<void> {
    const { callId } = await this.callbacks.verify(token, form.CallSid);
    if (form.StreamEvent !== 'stream-error') return;
    const code = /\d{5}/.exec(form.StreamError ?? '')?.[0] ?? 'unknown';
    if (code === CLOSED_BY_US) return;
    this.metrics.streamFailures.inc({ code });
    this.logger.warn({ callId, code }, 'stream error reported by the carrier');
    await this.calls.appendExternalEvent(callId, `stream-error-${code}`, {
      type: 'stream.failed',
      data: { code },
    });
  }
}
