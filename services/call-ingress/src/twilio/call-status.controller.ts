import { Body, Controller, HttpCode, Inject, Logger, Post, Query, UseGuards } from '@nestjs/common';
import { CallRecordStore } from '@tandem/call-state';
import { isFinalStatus } from '@tandem/contracts';
import { PostCallQueue } from '@tandem/platform';
import { z } from 'zod';
import { IngressMetrics } from '../ingress-metrics.ts';
import { CallbackTokens } from './callback-tokens.ts';
import { TwilioSignatureGuard } from './twilio-signature.guard.ts';
import { statusForm, streamStatusForm, type StatusForm } from './twilio-forms.ts';

/** The relay's own ending usually comes first; the call is written again with the carrier's figures shortly after. */
const RECORD_AGAIN_MS = 3_000;
/** Twilio reports every stream that our side closes as an error; ending a call is closing its stream. */
const CLOSED_BY_US = '31921';

/** What the carrier reports of calls and streams becomes events of the call. In any order, any number of times. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class CallStatusController {
  private readonly logger = new Logger(CallStatusController.name);

  constructor(
    @Inject(CallRecordStore) private readonly records: CallRecordStore,
    @Inject(CallbackTokens) private readonly tokens: CallbackTokens,
    @Inject(PostCallQueue) private readonly postCall: PostCallQueue,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  @Post('status')
  @HttpCode(204)
  async status(@Body({ schema: statusForm }) form: StatusForm): Promise<void> {
    const callId = await this.records.callOf(form.CallSid);
    if (!callId) return; // Refused at the door, or long over.
    const { CallStatus: status, SequenceNumber: sequence, CallDuration: durationS } = form;
    const stored = await this.records.addFact(callId, `status-${sequence}-${status}`, {
      type: 'carrier.reported',
      data: { status, sequence, ...(durationS === undefined ? {} : { durationS }) },
    });
    if (stored !== 'stored' || !isFinalStatus(status)) return;
    const standing = await this.records.standing(callId);
    if (!standing) return;
    if (standing.state === 'admitted') await this.records.end(callId, standing, 'never-connected');
    await this.postCall.enqueue(callId, standing.tenantId, 'carrier-completed', RECORD_AGAIN_MS);
  }

  /** The only place where a failed handshake of a stream shows. */
  @Post('stream-status')
  @HttpCode(204)
  async streamStatus(@Body({ schema: streamStatusForm }) form: z.infer<typeof streamStatusForm>, @Query('t', { schema: z.string().max(2048).optional() }) token?: string): Promise<void> {
    const { callId } = await this.tokens.check(token, form.CallSid);
    if (form.StreamEvent !== 'stream-error') return;
    const code = /\d{5}/.exec(form.StreamError ?? '')?.[0] ?? 'unknown';
    if (code === CLOSED_BY_US) return;
    this.metrics.streamFailures.inc({ code });
    this.logger.warn({ callId, code }, 'the carrier reports a stream error');
    await this.records.addFact(callId, `stream-error-${code}`, { type: 'stream.failed', data: { code } });
  }
}
