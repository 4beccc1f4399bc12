import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { type Clock, systemClock } from '@tandem/kit';
import { type AgentEarOptions, DEFAULT_EAR } from '../twilio/audio/agent-ear.ts';
import { Ticker, type TickerStats } from '../twilio/audio/ticker.ts';
import { AmiServer, type AmiSettings } from './ami/ami-server.ts';
import { originate } from './ami/originate.ts';
import { APPLICATION_TABLE, KNOWN_APPLICATIONS } from './applications/application-table.ts';
import { AriServer, type AriSettings } from './ari/ari-server.ts';
import type { CallReport } from './call/call-report.ts';
import { type CalleeScript, DEFAULT_CALLEE } from './call/callee.ts';
import type { LegOptions } from './call/leg-options.ts';
import { SimulatedCall } from './call/simulated-call.ts';
import { type CallPlan, type Channel, NORMAL_CLEARING } from './channel/channel.ts';
import { ChannelEvents } from './channel/channel-events.ts';
import { ChannelRegistry } from './channel/channel-registry.ts';
import type { PbxServices } from './channel/pbx-services.ts';
import { DialplanRun } from './dialplan/dialplan-run.ts';
import { type Dialplan, type DialplanLocation, parseDialplan } from './dialplan/dialplan.ts';
import type { PlaceCallOptions } from './place-call-options.ts';
import { type Release, type ReleaseBehaviour, RELEASES } from './reference/release.ts';

export interface AsteriskSimulatorOptions {
  /** `systemname` of asterisk.conf: it stands before unique ids. Default none. */
  readonly systemName?: string;
  /** Used by calls that bring none of their own. */
  readonly dialplan?: Dialplan;
  /** Returns the behaviour of a dialled endpoint. Default: picks up after a second, stays for ten. */
  readonly callees?: (endpoint: string) => CalleeScript;
  /** Default: the newest known. */
  readonly release?: Release;
  readonly behaviour?: Partial<ReleaseBehaviour>;
  /** Ringing, waiting, sounds and callee time run this much faster than real time. Default 1. */
  readonly speed?: number;
  /** Returns how long a sound lasts in simulated ms; null when there is none. Default: 2 s each. */
  readonly sounds?: (name: string) => number | null;
  /** Addresses of WebSocket connections by their name: the sections of websocket_client.conf. */
  readonly webSocketClients?: Readonly<Record<string, string>>;
  readonly ear?: Partial<AgentEarOptions>;
  readonly clock?: Clock;
  /** Address of AMI and ARI; default 127.0.0.1. */
  readonly host?: string;
  /** Manager interface; default: user `tandem`, secret `ami-secret`, a free port. */
  readonly ami?: Partial<AmiSettings> & { readonly port?: number };
  /** REST interface; default: user `tandem`, password `ari-secret`, a free port. */
  readonly ari?: Partial<AriSettings> & { readonly port?: number };
}

const SOUND_MS = 2_000;
const ENDED_CALLS_KEPT = 1_000;

/** Reads an extensions.conf for the simulator. @throws DialplanError for what it does not support */
export function readDialplan(
  text: string,
  { file = 'extensions.conf', globals = {} }: DialplanSettings = {},
): Dialplan {
  const parsed = parseDialplan(text, file, KNOWN_APPLICATIONS);
  return parsed.withGlobals(globals);
}

/** Reads an extensions.conf from a file. @throws DialplanError */
export async function loadDialplan(
  file: string,
  globals: Readonly<Record<string, string>> = {},
): Promise<Dialplan> {
  return readDialplan(await readFile(file, 'utf8'), { file, globals });
}

interface DialplanSettings {
  /** Named in errors. */
  readonly file?: string;
  /** Take the place of those in `[globals]`. */
  readonly globals?: Readonly<Record<string, string>>;
}

/** One Asterisk in a process: places inbound calls, runs their dialplan. Holds no global state. */
export class AsteriskSimulator {
  private readonly options: AsteriskSimulatorOptions;
  private readonly services: PbxServices;
  private readonly ticker: Ticker;
  private readonly calls = new Set<SimulatedCall>();
  private readonly endedCalls: SimulatedCall[] = [];
  private readonly keptSockets = new Set<Socket>();
  private readonly stasisApps = new Set<string>();
  private readonly running = new Set<Promise<void>>();
  /** The manager interface; its faults may be set. */
  readonly ami: AmiServer;
  private readonly ari: AriServer;
  private isListening = false;
  private isStopped = false;

  constructor(options: AsteriskSimulatorOptions = {}) {
    this.options = options;
    this.ticker = new Ticker(options.clock ?? systemClock);
    this.services = this.makeServices();
    const ami = { username: 'tandem', secret: 'ami-secret', ...options.ami };
    this.ami = new AmiServer(ami, this.services, (action) =>
      originate(action, {
        services: this.services,
        dialplan: options.dialplan?.loadedBy(this.services.systemName),
        plan: this.planOf({}),
        tell: (fields) => this.ami.tell(fields),
      }),
    );
    const ari = { username: 'tandem', password: 'ari-secret', ...options.ari };
    this.ari = new AriServer(ari, this.services, this.stasisApps);
  }

  /** Port of the manager interface. Throws before `start`. */
  get amiPort(): number {
    return this.ami.port;
  }

  /** Base URL of the REST interface, without `/ari`. Throws before `start`. */
  get ariUrl(): string {
    return this.ari.url;
  }

  get channels(): ChannelRegistry {
    return this.services.channels;
  }

  /** The phones that have not hung up: callers and people who were dialled. */
  get liveCalls(): readonly SimulatedCall[] {
    return [...this.calls].filter((call) => !call.hasEnded);
  }

  get tickerStats(): TickerStats {
    return this.ticker.stats;
  }

  /** Opens AMI and ARI. Placing calls works without. */
  async start(): Promise<void> {
    const { host = '127.0.0.1', ami = {}, ari = {} } = this.options;
    await Promise.all([this.ami.start(host, ami.port ?? 0), this.ari.start(host, ari.port ?? 0)]);
    this.isListening = true;
  }

  /** Places an inbound call. */
  placeCall(options: PlaceCallOptions): SimulatedCall {
    const { from, fromName = '', to, context, extension = to, endpoint = 'trunk', onEvent } = options;
    const dialplan = (options.dialplan ?? this.options.dialplan)?.loadedBy(this.services.systemName);
    if (!dialplan) throw new Error('The call has no dialplan, and the simulator has none either.');
    const { sendsAudio, isRecording, maxRecordingMs } = options;
    const call = this.addCall({
      direction: 'inbound',
      technology: 'PJSIP',
      resource: endpoint,
      from,
      fromName,
      to,
      dialplan,
      plan: this.planOf(options),
      sendsAudio,
      isRecording,
      maxRecordingMs,
    });
    if (onEvent) call.listen(onEvent);
    this.services.startDialplan(call.channel, { context, extension, priority: 1 });
    return call;
  }

  /** Settles with the reports of all phones known now, once they have hung up. */
  allEnded(): Promise<CallReport[]> {
    return Promise.all([...this.calls].map((call) => call.ended));
  }

  /** Ends all calls and waits for their hangup handlers. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const channel of this.services.channels.all) channel.hangUp(NORMAL_CLEARING, 'simulator-stopped');
    while (this.running.size > 0) await Promise.allSettled([...this.running]);
    for (const socket of this.keptSockets) socket.destroy();
    this.keptSockets.clear();
    if (this.isListening) await Promise.all([this.ami.stop(), this.ari.stop()]);
    this.isListening = false;
  }

  private planOf(options: Partial<PlaceCallOptions>): CallPlan {
    const { callees, legFaults = [], openingFaults = [], closesWithReset = false } = options;
    const calleeFor = callees ?? this.options.callees ?? (() => DEFAULT_CALLEE);
    return { calleeFor, legFaults, openingFaults, closesWithReset };
  }

  private makeServices(): PbxServices {
    const { clock = systemClock, speed = 1, sounds = () => SOUND_MS, release = '22.10' } = this.options;
    const { systemName = '' } = this.options;
    const events = new ChannelEvents();
    return {
      clock,
      ticker: this.ticker,
      ear: { ...DEFAULT_EAR, ...this.options.ear },
      release: { ...RELEASES[release], ...this.options.behaviour },
      speed,
      systemName,
      channels: new ChannelRegistry(clock, events, systemName),
      events,
      webSocketClients: this.options.webSocketClients ?? {},
      soundMs: sounds,
      stasisApps: this.stasisApps,
      keepSocket: (socket) => {
        this.keptSockets.add(socket);
        socket.once('close', () => this.keptSockets.delete(socket));
      },
      addCall: (options) => this.addCall(options),
      startDialplan: (channel, at) => this.startDialplan(channel, at),
    };
  }

  private addCall(options: LegOptions): SimulatedCall {
    if (this.isStopped) throw new Error('The simulator was stopped: it makes no more calls.');
    const call = new SimulatedCall(this.services, options);
    this.calls.add(call);
    void call.ended.then(() => this.forgetOldest(call));
    return call;
  }

  private startDialplan(channel: Channel, at: DialplanLocation): void {
    const run = new DialplanRun(channel, this.services, APPLICATION_TABLE).main(at);
    this.running.add(run);
    void run.finally(() => this.running.delete(run));
  }

  private forgetOldest(ended: SimulatedCall): void {
    this.endedCalls.push(ended);
    const oldest = this.endedCalls.length > ENDED_CALLS_KEPT ? this.endedCalls.shift() : undefined;
    if (oldest) this.calls.delete(oldest);
  }
}

/** Makes a simulator and opens what it listens on. */
export async function startAsteriskSimulator(
  options: AsteriskSimulatorOptions = {},
): Promise<AsteriskSimulator> {
  const simulator = new AsteriskSimulator(options);
  await simulator.start();
  return simulator;
}
