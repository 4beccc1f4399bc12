import { Body, Controller, HttpCode, Inject, Logger, Post, Query, UseGuards } from '@nestjs/common';
import { CallStore } from '@tandem/call-state';
import { z } from 'zod';
import { IngressMetrics } from '../ingress-metrics.ts';
import { CallbackTokens } from './callback-tokens.ts';
import { CarrierReports } from './carrier-reports.service.ts';
import { TwilioSignatureGuard } from './twilio-signature.guard.ts';
import { statusForm, streamStatusForm, type StatusForm } from './twilio-forms.ts';

/** Twilio reports every stream that our side closes as an error; ending a call is closing its stream. */
const CLOSED_BY_US = '31921';

/** What the carrier reports of calls and streams. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class CallStatusController {
  private readonly logger = new Logger(CallStatusController.name);

  constructor(
    @Inject(CallStore) private readonly records: CallStore,
    @Inject(CallbackTokens) private readonly tokens: CallbackTokens,
    @Inject(CarrierReports) private readonly reports: CarrierReports,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  @Post('status')
  @HttpCode(204)
  async status(@Body({ schema: statusForm }) form: StatusForm): Promise<void> {
    const { CallSid, CallStatus: status, SequenceNumber: sequence, CallDuration: durationS } = form;
    await this.reports.ingest(CallSid, {
      status,
      sequence,
      ...(durationS === undefined ? {} : { durationS }),
    });
  }

  /** The only place where a failed handshake of a stream shows. */
  @Post('stream-status')
  @HttpCode(204)
  async streamStatus(
    @Body({ schema: streamStatusForm }) form: z.infer<typeof streamStatusForm>,
    @Query('t', { schema: z.string().max(2048).optional() }) token?: string,
  ): Promise<void> {
    const { callId } = await this.tokens.check(token, form.CallSid);
    if (form.StreamEvent !== 'stream-error') return;
    const code = /\d{5}/.exec(form.StreamError ?? '')?.[0] ?? 'unknown';
    if (code === CLOSED_BY_US) return;
    this.metrics.streamFailures.inc({ code });
    this.logger.warn({ callId, code }, 'the carrier reports a stream error');
    await this.records.appendExternalEvent(callId, `stream-error-${code}`, {
      type: 'stream.failed',
      data: { code },
    });
  }
}
