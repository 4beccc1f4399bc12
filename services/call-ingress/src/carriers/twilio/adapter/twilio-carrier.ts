import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { AdmissionRecord } from '@tandem/call-state';
import { TICKET_PARAMETER } from '@tandem/contracts';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import {
  askAgainTwiml,
  askPersonTwiml,
  connectPersonTwiml,
  connectStreamTwiml,
  dialPersonTwiml,
  farewellTwiml,
  hangupTwiml,
  holdTwiml,
  mediaUrl,
} from '@tandem/telephony';
import type { CarrierAdapter, RedirectedCall } from '../../../ports/carrier-adapter.ts';
import type {
  AskPerson,
  CarrierInstruction,
  ConnectRelay,
  Dial,
  Hold,
} from '../../../ports/carrier-instruction.ts';
import { CallbackUrls } from './callback-urls.ts';
import { TwilioAccounts } from './twilio-accounts.ts';

/** The whisper, twice, and the time to answer it. Twilio hangs up on a conversation after four hours. */
const LONGEST_DIAL = { questionMs: 120_000, talkMs: 4 * 3600_000 };

/** Calls over Twilio: replies are TwiML, live calls are redirected over the REST API. */
@Injectable()
export class TwilioCarrier implements CarrierAdapter, OnApplicationBootstrap {
  readonly longestDial = LONGEST_DIAL;
  private readonly logger = new Logger(TwilioCarrier.name);

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'call-ingress'>, 'publicMediaUrl'>,
    private readonly accounts: TwilioAccounts,
    private readonly callbacks: CallbackUrls,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.accounts.canChangeCalls)
      this.logger.warn('rescue of calls of silent relays is off: TWILIO_ACCOUNT_SID is not set');
  }

  async render(instruction: CarrierInstruction): Promise<string> {
    switch (instruction.kind) {
      case 'connect-relay':
        return this.connectRelay(instruction);
      case 'dial':
        return this.dial(instruction);
      case 'ask-person':
        return this.askPerson(instruction);
      case 'connect-person':
        return connectPersonTwiml();
      case 'hold':
        return this.hold(instruction);
      case 'ask-again':
        return askAgainTwiml(this.callbacks.voiceUrl(instruction.progress));
      case 'say-and-hang-up':
        return farewellTwiml(instruction.spoken);
      case 'hang-up':
        return hangupTwiml();
      case 'kept-reply':
        return instruction.reply;
    }
  }

  canConnect(): boolean {
    return true;
  }

  canRedirectLiveCall({ carrierAccountId }: RedirectedCall): boolean {
    return this.accounts.callsOf(carrierAccountId) !== null;
  }

  async redirectLiveCall(
    { carrierCallId, carrierAccountId }: AdmissionRecord,
    instruction: CarrierInstruction,
  ): Promise<'done' | 'gone'> {
    const calls = this.accounts.callsOf(carrierAccountId);
    if (!calls)
      throw new TypeError(
        'A live call cannot be redirected without the SID and the auth token of its account: see ' +
          'TWILIO_ACCOUNT_SID and TWILIO_ACCOUNTS.',
      );
    return calls.redirect(carrierCallId, await this.render(instruction));
  }

  private async connectRelay({ stream, relay, ticket, notice }: ConnectRelay): Promise<string> {
    return connectStreamTwiml({
      streamUrl: mediaUrl(this.config.publicMediaUrl, relay),
      actionUrl: await this.callbacks.url('stream-ended', stream),
      statusUrl: await this.callbacks.url('stream-status', stream),
      parameters: { [TICKET_PARAMETER]: ticket },
      ...(notice ? { notice } : {}),
    });
  }

  private async dial({ address, ringMs, callerId, stream, asksFirst }: Dial): Promise<string> {
    return dialPersonTwiml({
      address,
      ringMs,
      callerId,
      ...(stream ? { actionUrl: await this.callbacks.url('transfer-ended', stream) } : {}),
      ...(stream && asksFirst ? { whisperUrl: await this.callbacks.url('operator-whisper', stream) } : {}),
    });
  }

  private async askPerson({ stream, spoken, hints, attempt }: AskPerson): Promise<string> {
    const actionUrl = await this.callbacks.url('operator-answer', stream, `&asks=${attempt}`);
    return askPersonTwiml({ spoken, hints, actionUrl });
  }

  private async hold({ spoken, holdS, progress, keysFor }: Hold): Promise<string> {
    return holdTwiml({
      spoken,
      holdS,
      askAgainUrl: this.callbacks.voiceUrl(progress),
      ...(keysFor ? { keyUrl: await this.callbacks.url('waiting-key', keysFor) } : {}),
    });
  }
}
