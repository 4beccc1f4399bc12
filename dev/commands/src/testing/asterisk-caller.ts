import { fileURLToPath } from 'node:url';
import {
  AsteriskSimulator,
  loadDialplan,
  type AsteriskSimulatorOptions,
  type PlaceAsteriskCallOptions,
  type SimulatedAsteriskCall,
} from '@tandem/simulators';
import { CALLER, DIALLED, type RunningPlatform, type TalkingCaller } from './running-platform.ts';

/** Shown by the PBX to the platforms of specs. */
export const ASTERISK_SECRET = 'the-secret-of-a-pbx-for-specs';

/** What a platform needs in its environment to take calls of a PBX. */
export const ASTERISK_ENV = { AUDIOSOCKET_PORT: '0', ASTERISK_SECRET } as const;

/** The dialplan we ship. */
const DIALPLAN = fileURLToPath(new URL('../../../../deploy/asterisk/extensions.conf', import.meta.url));

/** A simulated PBX that runs the dialplan we ship against a platform. */
export class AsteriskCaller {
  private constructor(readonly pbx: AsteriskSimulator) {}

  /** @param codec `slin` for 8 kHz, `slin16` for 16 kHz */
  static async start(
    platform: Pick<RunningPlatform, 'publicUrl'>,
    codec: 'slin' | 'slin16' = 'slin16',
    options: Partial<AsteriskSimulatorOptions> = {},
  ): Promise<AsteriskCaller> {
    const dialplan = await loadDialplan(DIALPLAN, {
      TANDEM_URL: `${platform.publicUrl}/asterisk`,
      TANDEM_SECRET: ASTERISK_SECRET,
      TANDEM_CODEC: codec,
    });
    const pbx = new AsteriskSimulator({ dialplan, ...options });
    await pbx.start();
    return new AsteriskCaller(pbx);
  }

  ring(options: Partial<PlaceAsteriskCallOptions> = {}): SimulatedAsteriskCall {
    return this.pbx.placeCall({ from: CALLER, to: DIALLED, context: 'tandem', ...options });
  }

  stop(): Promise<void> {
    return this.pbx.stop();
  }
}

/** Returns the call as callers of any carrier are talked about. */
export function asTalking(call: SimulatedAsteriskCall): TalkingCaller {
  return {
    sid: call.report().uniqueId,
    say: (speech) => call.say(speech),
    waitForSilence: (silenceMs) => call.waitForSilence(silenceMs),
  };
}
