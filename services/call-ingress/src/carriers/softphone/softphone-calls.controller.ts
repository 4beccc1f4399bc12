import { isIP } from 'node:net';
import { Body, Controller, HttpCode, Inject, Ip, Logger, Post, UseGuards } from '@nestjs/common';
import { CONFIG, Problem, type ServiceConfig } from '@tandem/platform';
import type { CallReply, CallStep } from '@tandem/softphone';
import type { z } from 'zod';
import { TimedAdmission, type AnswerLimits } from '../../admission/timed-admission.service.ts';
import { APOLOGY } from '../../announcements/announcements.ts';
import { CallbackTokens } from '../../callbacks/callback-tokens.ts';
import { sayAndHangUp, type CarrierInstruction } from '../../ports/carrier-instruction.ts';
import { CallRecovery } from '../../recovery/call-recovery.ts';
import { TransferReturn } from '../../recovery/transfer-return.ts';
import { SoftphoneCallTokens } from './softphone-call-tokens.ts';
import { SoftphoneCarrier } from './softphone-carrier.ts';
import { callRequest, nextRequest, partiesOf, progressOf, ringingSoftphone } from './softphone-calls.dto.ts';
import { StartLimit } from './start-limit.ts';
import { TalkPageGuard } from './talk-page.guard.ts';

/** A page may wait a little longer than a carrier. */
const LIMITS: AnswerLimits = { admissionMs: 4_000, degradedMs: 2_000 };
/** A browser rings nobody: the agent hears that the department could not be reached. */
const NOT_RUNG = { result: 'failed', wasBridged: false } as const;

/** Calls of browsers: a page starts one, asks again while it waits, and asks what follows a stream. */
@Controller('softphone/calls')
@UseGuards(TalkPageGuard)
export class SoftphoneCallsController {
  private readonly logger = new Logger(SoftphoneCallsController.name);

  constructor(
    @Inject(CONFIG)
    private readonly config: Pick<ServiceConfig<'call-ingress'>, 'talkNumber' | 'phoneCountry'>,
    private readonly tokens: SoftphoneCallTokens,
    private readonly callbacks: CallbackTokens,
    private readonly limit: StartLimit,
    private readonly admission: TimedAdmission,
    private readonly recovery: CallRecovery,
    private readonly transfers: TransferReturn,
    private readonly carrier: SoftphoneCarrier,
  ) {}

  @Post()
  @HttpCode(200)
  async start(
    @Body({ schema: callRequest }) body: z.infer<typeof callRequest>,
    @Ip() address: string,
  ): Promise<CallReply> {
    const { call, token } =
      body.call === undefined ? await this.begin(body, address) : await this.waiting(body.call);
    const inbound = ringingSoftphone(call, this.config.phoneCountry);
    return this.reply(token, await this.admission.admitInTime(inbound, progressOf(body.progress), LIMITS));
  }

  @Post('next')
  @HttpCode(200)
  async next(@Body({ schema: nextRequest }) body: z.infer<typeof nextRequest>): Promise<CallReply> {
    const { carrierCallId } = await this.tokens.verify(body.call);
    const stream = await this.callbacks.verify(body.stream, carrierCallId);
    try {
      return await this.reply(
        body.call,
        body.after === 'transfer'
          ? await this.transfers.onTransferEnded(stream, NOT_RUNG, false)
          : await this.recovery.onStreamEnded(stream),
      );
    } catch (error) {
      this.logger.error(
        { err: error, callId: stream.callId },
        'ended stream not followed up: call state does not answer',
      );
      return this.reply(body.call, sayAndHangUp('apology', APOLOGY));
    }
  }

  private begin(body: z.infer<typeof callRequest>, address: string) {
    const waitS = this.limit.take(isIP(address) ? address : 'unknown');
    if (waitS > 0)
      throw new Problem(
        429,
        'too-many-calls',
        'Too many calls were started',
        `Calls from this address are started faster than this door allows. Try again in ${waitS} s.`,
        {},
        { 'retry-after': String(waitS) },
      );
    return this.tokens.issue(partiesOf(body, this.config.talkNumber));
  }

  private async waiting(token: string) {
    return { call: await this.tokens.verify(token), token };
  }

  private async reply(call: string, instruction: CarrierInstruction): Promise<CallReply> {
    return { call, step: JSON.parse(await this.carrier.render(instruction)) as CallStep };
  }
}
