import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, seededRandom, systemClock } from '@tandem/kit';
import { WebSocketServer, type WebSocket } from 'ws';
import { drawLink, INTERNET, Link } from '../link/link.ts';
import { cachingSpeaker, type Speak } from './audio/voice.ts';
import type { Behaviour } from './behaviours/behaviour.ts';
import { guided } from './behaviours/guided.ts';
import { ControlServer } from './control/control-server.ts';
import { faultyHandshake } from './control/handshake-faults.ts';
import { sendHttpRefusal, sendInBandRefusal } from './control/handshake-refusal.ts';
import { AZURE_PATH, checkHandshake, OPENAI_PATH, type AcceptedUpgrade } from './control/handshake.ts';
import type { RealtimeSimulatorOptions, RunningAt, StartOptions } from './control/simulator-options.ts';
import { CallerScript, type LineRule } from './conversation/caller-lines.ts';
import { Faults } from './faults/faults.ts';
import type { Pace } from './responses/open-output.ts';
import { RateLimits } from './responses/rate-limits.ts';
import type { SessionEnvironment } from './session/model-session.ts';
import { SimulatedSession } from './session/simulated-session.ts';
import { MAX_APPEND_BYTES } from './wire/client-event.ts';
import { compileClientChecks } from './wire/event-checks.ts';

const DEFAULT_PACE: Pace = { firstByteMs: 300, deltaMs: 200, audioRate: 5 };
const SESSION_CAP_MS = 60 * 60_000;

/**
 * Base64 of the largest append, and room for the rest of the event. Larger messages close the socket with
 * 1009.
 */
const MAX_MESSAGE_BYTES = Math.ceil(MAX_APPEND_BYTES / 3) * 4 + 4096;

/**
 * A GA Realtime server on loopback. Start it, connect a client to `url`, inspect `sessions`, switch on
 * `faults`.
 */
export class RealtimeSimulator {
  /** Behaviour of sessions opened from now on. */
  behaviour: Behaviour;
  readonly faults: Faults;
  /** Server events that did not fit the schema, with `selfCheck`. */
  readonly misfits: string[] = [];
  /** Errors thrown by behaviours. */
  readonly brokenPlans: string[] = [];
  /** Handshakes refused, by status or close code. */
  readonly refusedHandshakes: Record<string, number> = {};
  private readonly options: RealtimeSimulatorOptions;
  private readonly clock: Clock;
  private readonly script = new CallerScript();
  private readonly rateLimits: RateLimits;
  private readonly speak: Speak;
  private readonly random: () => number;
  private readonly sockets = new Set<Socket>();
  private readonly arrivals = new Set<(session: SimulatedSession) => void>();
  private accepted: SimulatedSession[] = [];
  private opened = 0;
  private server: Server | null = null;
  private wss: WebSocketServer | null = null;
  private control: ControlServer | null = null;
  private pings: NodeJS.Timeout | null = null;

  constructor(options: RealtimeSimulatorOptions = {}) {
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.behaviour = options.behaviour ?? guided();
    this.faults = new Faults(this.clock, options.seed);
    this.rateLimits = new RateLimits(this.clock, options.tokensPerMinute);
    this.random = seededRandom(options.seed ?? 1);
    this.speak = cachingSpeaker(options.speak);
    if (options.callerLines) this.script.add({ lines: options.callerLines });
  }

  /** Sessions, oldest first: all open ones and the latest closed ones. */
  get sessions(): readonly SimulatedSession[] {
    return this.accepted;
  }

  get openSessions(): number {
    return this.accepted.filter((session) => session.isOpen).length;
  }

  /** Sessions ever opened. */
  get openedSessions(): number {
    return this.opened;
  }

  /** Rejects, with nothing left open, when a port is taken. */
  async start(options: StartOptions = {}): Promise<RunningAt> {
    if (this.server) throw new Error('The simulator is running already: stop it before starting it again.');
    try {
      return await this.open(options);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  private async open(options: StartOptions): Promise<RunningAt> {
    const host = options.host ?? '127.0.0.1';
    compileClientChecks();
    this.wss = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      autoPong: false,
      handleProtocols: (offered) => (offered.has('realtime') ? 'realtime' : false),
    });
    this.server = createServer((_request, response) => {
      response.writeHead(426, { 'content-type': 'application/json', connection: 'close' });
      response.end(
        JSON.stringify({
          error: {
            type: 'invalid_request_error',
            code: null,
            message: 'This path speaks WebSocket.',
            param: null,
          },
        }),
      );
    });
    this.server.on(
      'upgrade',
      (request, socket, head) => void this.onUpgrade(request, socket as Socket, head),
    );
    const port = await listen(this.server, options.port ?? 0, host);
    this.pings = setInterval(() => this.pingAll(), this.options.pingIntervalMs ?? 20_260);
    this.pings.unref();
    const base = `ws://${host}:${port}`;
    let controlUrl = '';
    if (options.controlPort !== false) {
      this.control = new ControlServer(this);
      controlUrl = await this.control.start(options.controlPort ?? 0, host);
    }
    return { url: base + OPENAI_PATH, azureUrl: base + AZURE_PATH, controlUrl };
  }

  /** Closes everything. With `selfCheck`, rejects when a server event did not fit the published schema. */
  async stop(): Promise<void> {
    if (this.pings) clearInterval(this.pings);
    this.pings = null;
    for (const session of this.accepted) session.terminate();
    for (const socket of this.sockets) socket.destroy();
    const server = this.server;
    this.server = null;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
    await this.control?.stop();
    this.control = null;
    this.wss?.close();
    if (this.misfits.length > 0)
      throw new Error(
        `Server events do not fit the published schema:\n${this.misfits.slice(0, 20).join('\n')}`,
      );
  }

  /** Adds words of callers from now on, for sessions without lines of their own. */
  addCallerLines(rule: LineRule): void {
    this.script.add(rule);
  }

  /**
   * Resets the simulator: no faults, no caller lines but the first, no closed sessions. Open sessions stay.
   */
  reset(): void {
    this.faults.clear();
    this.script.clear();
    if (this.options.callerLines) this.script.add({ lines: this.options.callerLines });
    this.accepted = this.accepted.filter((session) => session.isOpen);
  }

  /** The first session, present or to come, that fits. Rejects after `timeoutMs` (5 s). */
  waitForSession(
    predicate: (session: SimulatedSession) => boolean = () => true,
    options: { timeoutMs?: number; fromNow?: boolean } = {},
  ): Promise<SimulatedSession> {
    const present = options.fromNow ? undefined : this.accepted.find(predicate);
    if (present) return Promise.resolve(present);
    const timeoutMs = options.timeoutMs ?? 5000;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.arrivals.delete(onArrival);
        reject(new Error(`No session fits within ${timeoutMs} ms; ${this.accepted.length} are known.`));
      }, timeoutMs);
      const onArrival = (session: SimulatedSession): void => {
        if (!predicate(session)) return;
        clearTimeout(timer);
        this.arrivals.delete(onArrival);
        resolve(session);
      };
      this.arrivals.add(onArrival);
    });
  }

  private async onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.sockets.delete(socket));
    const fault = this.faults.atHandshake();
    if (fault?.kind === 'slow-handshake') {
      if (fault.delayMs === undefined) return;
      await sleep(fault.delayMs, undefined, { ref: false });
    }
    const link = drawLink(this.options.link ?? INTERNET, this.random);
    const [roundTripMs] = link.roundTripMs;
    // TCP and TLS take two round trips; the answer to the upgrade is on its way back together with the first
    // event.
    if (roundTripMs > 0) await sleep(roundTripMs * 2.5, undefined, { ref: false });
    if (socket.destroyed || !this.server) return;
    const verdict = (fault && faultyHandshake(fault)) ?? checkHandshake(request, this.options);
    if (verdict.kind === 'http') {
      this.noteRefusal(verdict.status);
      return sendHttpRefusal(socket, verdict);
    }
    socket.setNoDelay(true);
    this.wss?.handleUpgrade(request, socket, head, (ws) => {
      if (verdict.kind === 'open')
        return this.admit(ws, socket, verdict, new Link(link, this.clock, this.random));
      this.noteRefusal(verdict.closeCode);
      sendInBandRefusal(ws, verdict);
    });
  }

  private admit(ws: WebSocket, socket: Socket, { session: kind, model }: AcceptedUpgrade, link: Link): void {
    const session = new SimulatedSession({
      number: ++this.opened,
      kind,
      model,
      ws,
      socket,
      link,
      ids: this.options.ids ?? 'usual',
      env: this.environment(),
      faults: this.faults,
      record: this.options.record ?? {},
      onClosed: () => this.prune(),
    });
    this.accepted.push(session);
    for (const onArrival of [...this.arrivals]) onArrival(session);
  }

  private environment(): SessionEnvironment {
    const options = this.options;
    return {
      clock: this.clock,
      behaviour: this.behaviour,
      script: this.script,
      pace: { ...DEFAULT_PACE, ...options.pace },
      speak: this.speak,
      recognise: options.recognise ?? null,
      rateLimits: this.rateLimits,
      rateLimitsAt: options.rateLimitsAt ?? 'start',
      nulls: options.nulls ?? 'observed',
      maxSessionMs: options.maxSessionMs ?? SESSION_CAP_MS,
      mcpServers: options.mcpServers ?? [],
      transcriptionDelayMs: options.transcriptionDelayMs ?? 400,
      keepsAudio: options.record?.audio !== false,
      onMisfit: options.selfCheck ? (misfit) => this.misfits.push(misfit) : null,
      onBrokenPlan: (error) => this.brokenPlans.push(error instanceof Error ? error.message : String(error)),
    };
  }

  private noteRefusal(code: number): void {
    this.refusedHandshakes[code] = (this.refusedHandshakes[code] ?? 0) + 1;
  }

  private prune(): void {
    const keep = this.options.keepSessions ?? 500;
    const closed = this.accepted.filter((session) => !session.isOpen);
    if (closed.length <= keep) return;
    const gone = new Set(closed.slice(0, closed.length - keep));
    this.accepted = this.accepted.filter((session) => !gone.has(session));
  }

  private pingAll(): void {
    for (const session of this.accepted) session.ping();
  }
}

/** Listens; resolves to the port. */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
