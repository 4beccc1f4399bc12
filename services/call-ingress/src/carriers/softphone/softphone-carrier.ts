import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { SOFTPHONE_PATH, type CallStep } from '@tandem/softphone';
import { mediaUrl } from '@tandem/telephony';
import { refusalMessage } from '../../announcements/announcements.ts';
import { CallbackTokens } from '../../callbacks/callback-tokens.ts';
import { toHoldProgressQuery } from '../../callbacks/hold-progress.ts';
import type { CarrierAdapter } from '../../ports/carrier-adapter.ts';
import type { CarrierInstruction, ConnectRelay, Dial, Hold } from '../../ports/carrier-instruction.ts';

const HANG_UP: CallStep = { action: 'hang-up' };

/** Calls of browsers: replies are JSON. A browser asks by itself when its relay hangs. */
@Injectable()
export class SoftphoneCarrier implements CarrierAdapter {
  /** A browser shows the transfer for a moment and asks again. */
  readonly longestDial = { questionMs: 30_000, talkMs: 0 };

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'call-ingress'>, 'publicMediaUrl'>,
    private readonly tokens: CallbackTokens,
  ) {}

  async render(instruction: CarrierInstruction): Promise<string> {
    return instruction.kind === 'kept-reply'
      ? instruction.reply
      : JSON.stringify(await this.stepOf(instruction));
  }

  canConnect(): boolean {
    return true;
  }

  canRedirectLiveCall(): boolean {
    return false;
  }

  redirectLiveCall(): Promise<'done' | 'gone'> {
    return Promise.reject(new TypeError('A browser cannot be told what it has not asked for.'));
  }

  private async stepOf(instruction: Exclude<CarrierInstruction, { kind: 'kept-reply' }>): Promise<CallStep> {
    switch (instruction.kind) {
      case 'connect-relay':
        return this.connectRelay(instruction);
      case 'dial':
        return this.dial(instruction);
      case 'hold':
        return hold(instruction);
      case 'ask-again':
        return { action: 'wait', seconds: 0, progress: toHoldProgressQuery(instruction.progress) };
      case 'say-and-hang-up':
        return { action: 'refuse', text: instruction.spoken };
      case 'hang-up':
      // Nobody is ever rung over a browser's call, so nobody is asked or connected.
      case 'ask-person':
      case 'connect-person':
        return HANG_UP;
    }
  }

  private async connectRelay({ stream, relay, ticket, notice }: ConnectRelay): Promise<CallStep> {
    return {
      action: 'connect',
      url: mediaUrl(this.config.publicMediaUrl, relay, SOFTPHONE_PATH),
      ticket,
      stream: await this.tokens.sign(stream),
      ...(notice ? { notice } : {}),
    };
  }

  private async dial({ stream }: Dial): Promise<CallStep> {
    return stream
      ? { action: 'transfer', stream: await this.tokens.sign(stream) }
      : { action: 'refuse', text: refusalMessage('agent-unavailable', '', 'en-US') };
  }
}

function hold({ spoken, holdS, progress }: Hold): CallStep {
  return {
    action: 'wait',
    seconds: holdS,
    progress: toHoldProgressQuery(progress),
    ...(spoken ? { text: spoken } : {}),
  };
}
