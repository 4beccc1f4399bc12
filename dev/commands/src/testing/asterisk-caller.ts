import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  readDialplan,
  startAsteriskSimulator,
  type AsteriskSimulator,
  type AsteriskSimulatorOptions,
  type PlaceAsteriskCallOptions,
  type SimulatedAsteriskCall,
} from '@tandem/simulators';
import { CALLER, DIALLED, type RunningPlatform, type TalkingCaller } from './running-platform.ts';

/** Shown by the PBX to the platforms of specs. */
export const ASTERISK_SECRET = 'the-secret-of-a-pbx-for-specs';
/** The environment in which a platform takes calls of a PBX that it does not control. */
export const ASTERISK_ENV = { AUDIOSOCKET_PORT: '0', ASTERISK_SECRET } as const;
/** The PBX plays its sounds, and rings, this many times faster than real time; media stays in real time. */
const PBX_SPEED = 10;
/** The dialplan we ship. */
const DIALPLAN = fileURLToPath(new URL('../../../../deploy/asterisk/extensions.conf', import.meta.url));

/** The `systemname` of the PBX. */
const PBX = 'pbx';
/** The page on Asterisk's WebSocket channel. */
const WEBSOCKET_PAGE = fileURLToPath(new URL('../../../../docs/asterisk-websocket.md', import.meta.url));
const WEBSOCKET_LINES = /^```\n(?<lines> same => n,Set\(__TANDEM_UUID[^`]+)^```$/m;
const AUDIOSOCKET_LINE = /^ same => n,Dial\(AudioSocket\/.*\n/m;

/** Returns the shipped dialplan as the page on the WebSocket channel has it changed. */
async function webSocketDialplan(shipped: string): Promise<string> {
  const { lines } = WEBSOCKET_LINES.exec(await readFile(WEBSOCKET_PAGE, 'utf8'))?.groups ?? {};
  if (!lines || !AUDIOSOCKET_LINE.test(shipped))
    throw new TypeError('The page has no lines for the dialplan, or the dialplan no line to replace.');
  return shipped.replace(AUDIOSOCKET_LINE, () => lines);
}

/** A simulated PBX that runs the dialplan we ship against a platform. */
export class AsteriskCaller {
  private globals: Readonly<Record<string, string>> = {};

  private constructor(
    readonly pbx: AsteriskSimulator,
    private readonly dialplan: string,
    private readonly control: 'ami' | 'ari',
  ) {}

  /**
   * Connects calls over AudioSocket, or over the WebSocket channel where the options have its connections.
   * @param control the interface over which the platform may change running calls
   */
  static async start(
    control: 'ami' | 'ari' = 'ami',
    options: Partial<AsteriskSimulatorOptions> = {},
  ): Promise<AsteriskCaller> {
    const shipped = await readFile(DIALPLAN, 'utf8');
    const dialplan = options.webSocketClients ? await webSocketDialplan(shipped) : shipped;
    const pbx = await startAsteriskSimulator({ speed: PBX_SPEED, systemName: PBX, ...options });
    return new AsteriskCaller(pbx, dialplan, control);
  }

  /** The environment in which a platform takes calls of this PBX. */
  get env(): Record<string, string> {
    const ari = new URL(this.pbx.ariUrl);
    return {
      ...ASTERISK_ENV,
      TELEPHONY_ASTERISK_CONTROL:
        this.control === 'ami'
          ? `${PBX}=ami://tandem:ami-secret@127.0.0.1:${this.pbx.amiPort}`
          : `${PBX}=http://tandem:ari-secret@${ari.host}`,
    };
  }

  /** Sends its calls to this platform from now on. */
  callTo({ publicUrl }: Pick<RunningPlatform, 'publicUrl'>): void {
    this.globals = { TANDEM_URL: `${publicUrl}/asterisk`, TANDEM_SECRET: ASTERISK_SECRET };
  }

  /** @param codec `slin` for 8 kHz, `slin16` for 16 kHz */
  ring(
    codec: 'slin' | 'slin16' = 'slin16',
    options: Partial<PlaceAsteriskCallOptions> = {},
  ): SimulatedAsteriskCall {
    const globals = { ...this.globals, TANDEM_CODEC: codec };
    const dialplan = readDialplan(this.dialplan, { file: DIALPLAN, globals });
    return this.pbx.placeCall({ from: CALLER, to: DIALLED, context: 'tandem', dialplan, ...options });
  }

  stop(): Promise<void> {
    return this.pbx.stop();
  }
}

/** Returns the id under which the platform knows a call of this PBX. */
export function carrierIdOf({ uniqueId }: { readonly uniqueId: string }): string {
  return `${PBX}/${uniqueId}`;
}

/** Returns the call as callers of any carrier are talked about. */
export function asTalking(call: SimulatedAsteriskCall): TalkingCaller {
  return {
    sid: carrierIdOf(call.report()),
    say: (speech) => call.say(speech),
    waitForSilence: (silenceMs) => call.waitForSilence(silenceMs),
  };
}
