import { AsteriskCaller } from '@tandem/commands/pbx';
import { RunningPlatform, type Replicas } from '@tandem/commands/platform';
import type { AgentContentInput } from '@tandem/contracts';
import { seededRandom } from '@tandem/kit';
import {
  INTERNET,
  type Behaviour,
  type LinkSettings,
  type PlaceCallOptions,
  type RealtimeSimulator,
  type SimulatedCall,
  type TwilioSimulator,
} from '@tandem/simulators';
import { freePorts } from '@tandem/stack';
import { carrierCall, pbxCall, type BenchCall } from './bench-call.ts';
import { FaultProxy } from '../fault-proxy/fault-proxy.ts';
import { EdgeFront } from './edge-front.ts';
import { endedCallRecord } from './ended-call.ts';
import type { EndedCallRecord, Fleet } from './fleet.ts';
import { simulatedModel } from './listening-model.ts';
import { RedisPair } from './redis-pair.ts';
import { softphoneCall } from './softphone/softphone-call.ts';
import type { MachineVoice } from './voice/machine-voice.ts';
import { StampedVoice } from './voice/stamped-voice.ts';
import { ToneVoice } from './voice/tone-voice.ts';

export interface TandemFleetOptions {
  readonly relays: number;
  /** Where calls come from; default `carrier`. A PBX rings over AudioSocket at 8 kHz. */
  readonly from?: 'carrier' | 'pbx' | 'softphone';
  /**
   * Number of processes of the other services; default one each. Several ingresses sit behind a balancer that
   * tries the next one when one does not answer.
   */
  readonly replicas?: Replicas;
  /** Whether calls and media come through the edge of `deploy/edge`, as deployed. */
  readonly hasEdge?: boolean;
  /** Servers behind a line that can be made slow, silent or cut. */
  readonly lines?: readonly LineName[];
  /** Whether a second Redis follows the first. Uses the fault line to Redis. */
  readonly hasRedisReplica?: boolean;
  /** Variables set over the services' usual environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly agent?: Partial<AgentContentInput>;
  /** Behaviour of the model; default: answers the caller's words by quoting them. */
  readonly behaviour?: Behaviour;
}

/** An agent that answers at once and does nothing by itself, so that every silence is a fault's. */
export const AGENT: Partial<AgentContentInput> = {
  greeting: 'Northwind, hello.',
  turnDetection: { kind: 'preset', preset: 'fast' },
  idle: { afterMs: 0 },
  toolWait: { fillerAfterMs: 0 },
  limits: { maxAnswersWithoutTool: 0 },
};

type LineName = 'postgres' | 'redis' | 'model';

/** From SIGTERM to SIGKILL: longer than a relay may take to move its calls. */
const RELAY_GRACE_MS = 40_000;
/** Calls that no relay has room for end after this, so that a fleet can stop altogether. */
const DRAIN_GRACE_MS = 30_000;

/**
 * All services as processes of their own, on temporary data, between a simulated carrier and a simulated
 * model.
 */
export class TandemFleet implements Fleet {
  readonly kind = 'tandem';

  private constructor(
    readonly platform: RunningPlatform,
    readonly voice: MachineVoice,
    private readonly lines: ReadonlyMap<LineName, FaultProxy>,
  ) {}

  private pbx: AsteriskCaller | null = null;

  private isForSoftphones = false;

  private softphones = 0;

  private front: readonly Stoppable[] = [];

  private pair: RedisPair | null = null;

  static async start(
    options: TandemFleetOptions,
    seed = 1,
    link: LinkSettings = INTERNET,
  ): Promise<TandemFleet> {
    const { relays, replicas = {}, lines: wanted = [], hasRedisReplica = false, behaviour } = options;
    const pbx = options.from === 'pbx' ? await AsteriskCaller.start() : null;
    // A softphone's audio is converted, which no stamp of bytes survives.
    const voice = options.from === 'softphone' ? new ToneVoice() : new StampedVoice();
    const lines = new Map<LineName, FaultProxy>();
    // Called for each connection: a process that is started again may listen on another port.
    const ports: Ports = { ingresses: () => [], relay: () => null };
    const front = await frontOf(options, ports);
    const between = async (server: LineName, url: string): Promise<string> => {
      const address = new URL(url);
      if (!wanted.includes(server)) return url;
      const port = Number(address.port);
      const line = await FaultProxy.start(() => [port]);
      lines.set(server, line);
      address.port = String(line.port);
      return address.toString();
    };
    const platform = await RunningPlatform.start({
      model: { ...simulatedModel(voice, behaviour), seed, link },
      twilio: { random: seededRandom(seed), link },
      between,
      hasOwnPostgres: true,
      stack: {
        relays,
        replicas,
        relayGraceMs: RELAY_GRACE_MS,
        relayEnvs: front.relayEnvs,
        env: { ...SERVICES_ENV, ...addressesOf(front, options), ...pbx?.env, ...options.env },
      },
    });
    const fleet = new TandemFleet(platform, voice, lines);
    pbx?.callTo(platform);
    fleet.pbx = pbx;
    fleet.isForSoftphones = options.from === 'softphone';
    const portOf = (instance: string) => platform.stack.supervisor.portsOf(instance).http ?? null;
    ports.ingresses = () => fleet.instances('call-ingress').flatMap((instance) => portOf(instance) ?? []);
    ports.relay = portOf;
    fleet.front = await front.open();
    if (hasRedisReplica) fleet.pair = await RedisPair.start(platform.stack.redis, fleet.line('redis'));
    await platform.publish({ ...AGENT, ...options.agent });
    return fleet;
  }

  get twilio(): TwilioSimulator {
    return this.platform.twilio;
  }

  get model(): RealtimeSimulator {
    return this.platform.model;
  }

  get relays(): readonly string[] {
    return this.instances('relay-');
  }

  /** Returns the names of the processes of a kind. */
  instances(prefix: string): string[] {
    return this.platform.stack.supervisor.instances.filter((instance) => instance.startsWith(prefix));
  }

  /** The line to a server this fleet was started with. */
  line(name: LineName): FaultProxy {
    const line = this.lines.get(name);
    if (!line) throw new TypeError(`This fleet has no line to ${name}.`);
    return line;
  }

  get redisPair(): RedisPair {
    if (!this.pair) throw new TypeError('This fleet has one Redis only.');
    return this.pair;
  }

  ring(options: Partial<PlaceCallOptions> = {}): SimulatedCall {
    return this.platform.ring(options);
  }

  place(from: string): Promise<BenchCall> {
    if (this.isForSoftphones) return this.placeSoftphone(from);
    return Promise.resolve(
      this.pbx
        ? pbxCall(this.pbx.ring('slin', { from, isRecording: true }))
        : carrierCall(this.ring({ from, isRecording: true })),
    );
  }

  private placeSoftphone(from: string): Promise<BenchCall> {
    this.softphones += 1;
    const address = `127.1.${(this.softphones >> 8) & 0xff}.${this.softphones & 0xff}`;
    return softphoneCall({ ingressUrl: this.platform.publicUrl, from, address });
  }

  async holderOf(callSid: string): Promise<string | null> {
    const callId = await this.platform.records.findByCarrierId(callSid);
    const state = callId && (await this.platform.records.state(callId));
    return state?.phase === 'connected' ? state.relayId : null;
  }

  signal(instance: string, signal: NodeJS.Signals): Promise<void> {
    return this.platform.stack.supervisor.kill(instance, signal);
  }

  restart(instance: string, revision?: string): Promise<void> {
    const env = revision === undefined ? {} : { RELAY_REVISION: revision };
    return this.platform.stack.supervisor.restart(instance, env);
  }

  async loopDelayMs(relay: string): Promise<number> {
    return (await this.metric(relay, 'nodejs_eventloop_lag_p99_seconds')) * 1000;
  }

  callsHeld(relay: string): Promise<number> {
    return this.metric(relay, 'tandem_relay_active_calls');
  }

  private async metric(instance: string, name: string): Promise<number> {
    const response = await fetch(
      `http://127.0.0.1:${this.platform.stack.supervisor.managementPortOf(instance)}/metrics`,
    );
    return Number(
      new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(await response.text())?.[1] ?? Number.NaN,
    );
  }

  pidOf(instance: string): number | null {
    return this.platform.stack.supervisor.pidOf(instance);
  }

  recordOf(callSid: string): Promise<EndedCallRecord | null> {
    return endedCallRecord(this.platform, callSid);
  }

  async stop(): Promise<void> {
    await this.pbx?.stop();
    await this.platform.stop();
    await this.pair?.stop();
    for (const part of this.front) await part.stop();
    for (const line of this.lines.values()) await line.stop();
  }
}

const SERVICES_ENV = {
  LOG_LEVEL: 'warn',
  RELAY_PHRASE_PREPARATION: 'on',
  RELAY_DRAIN_GRACE_MS: String(DRAIN_GRACE_MS),
} as const;

/** Returns the public addresses of what stands before the services. */
function addressesOf({ port }: Front, { hasEdge = false }: TandemFleetOptions): Record<string, string> {
  return {
    ...(port === null ? {} : { PUBLIC_BASE_URL: `http://127.0.0.1:${port}` }),
    ...(hasEdge ? { PUBLIC_MEDIA_URL: `ws://127.0.0.1:${port}` } : {}),
  };
}

interface Stoppable {
  stop(): Promise<void>;
}

interface Front {
  /** Port of the front; null without one. */
  readonly port: number | null;
  /** Variables of single relays behind it. */
  readonly relayEnvs: readonly Readonly<Record<string, string>>[];
  /** Called once the ingresses run. */
  open(): Promise<readonly Stoppable[]>;
}

interface Ports {
  ingresses: () => readonly number[];
  relay: (instance: string) => number | null;
}

/** Returns what stands before the services: the edge, for several ingresses a balancer, else nothing. */
async function frontOf(
  { relays, replicas = {}, hasEdge = false }: TandemFleetOptions,
  ports: Ports,
): Promise<Front> {
  const ingressCount = replicas['call-ingress'] ?? 1;
  if (hasEdge) {
    const [port = 0, audioSocket = 0, ...ofRelays] = await freePorts(2 + relays);
    const open = async () => [
      await EdgeFront.start({
        port,
        ingresses: () => ports.ingresses(),
        ingressCount,
        relay: (name) => ports.relay(name),
        relayCount: relays,
        audioSockets: { port: audioSocket, relays: ofRelays },
      }),
    ];
    const relayEnvs = ofRelays.map((own) => ({
      AUDIOSOCKET_PORT: String(own),
      AUDIOSOCKET_PUBLIC_HOST: `127.0.0.1:${audioSocket}`,
    }));
    return { port, relayEnvs, open };
  }
  if (ingressCount < 2) return { port: null, relayEnvs: [], open: () => Promise.resolve([]) };
  const line = await FaultProxy.start(() => ports.ingresses());
  return { port: line.port, relayEnvs: [], open: () => Promise.resolve([line]) };
}
