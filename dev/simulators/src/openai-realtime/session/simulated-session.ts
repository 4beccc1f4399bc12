import type { Socket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import type { Link } from '../../link/link.ts';
import type { FaultAction } from '../faults/fault-spec.ts';
import type { Faults } from '../faults/faults.ts';
import type { FaultTarget, Strike } from '../faults/session-faults.ts';
import type { HostedCallRecord } from '../mcp/hosted-servers.ts';
import type { RecordedEvent } from '../recording/recorded-event.ts';
import { Recording, type RecordingOptions } from '../recording/recording.ts';
import type { SessionCounters } from '../recording/session-counters.ts';
import { IdSource, type IdStyle } from '../wire/ids.ts';
import type { JsonObject, Typed } from '../wire/json.ts';
import type { SessionKind } from '../wire/session-config.ts';
import { ModelSession, type SessionEnvironment } from './model-session.ts';

/** A client that does not read is disconnected when this much is unsent. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;

const CROSSED: ReadonlySet<string> = new Set([
  'response_cancel_not_active',
  'conversation_already_has_active_response',
  'input_audio_buffer_commit_empty',
]);

/** How long a connection cut by FIN waits for the other side's FIN. */
const FIN_PATIENCE_MS = 2000;

interface SessionOpening {
  readonly number: number;
  readonly kind: SessionKind;
  readonly model: string;
  readonly ws: WebSocket;
  readonly socket: Socket;
  /** The connection goes over it. */
  readonly link: Link;
  readonly ids: IdStyle;
  readonly env: SessionEnvironment;
  readonly faults: Faults;
  readonly record: RecordingOptions;
  readonly onClosed: () => void;
}

/** The end of a session. 1006 is an end without a close frame. */
interface SessionEnd {
  readonly code: number;
  readonly reason: string;
}

/** One session of the simulator with its socket, for tests and for faults. */
export class SimulatedSession implements FaultTarget {
  readonly id: string;
  /** 1 for the simulator's first session. */
  readonly number: number;
  readonly kind: SessionKind;
  readonly model: string;
  readonly recording: Recording;
  private readonly session: ModelSession;
  private readonly ws: WebSocket;
  private readonly socket: Socket;
  private readonly link: Link;
  private readonly env: SessionEnvironment;
  private readonly onClosed: () => void;
  private answersPings = true;
  private ending: SessionEnd | null = null;

  constructor(opening: SessionOpening) {
    const { env, ws } = opening;
    const { toServer, toClient } = opening.link;
    const ids = new IdSource(opening.number, opening.ids);
    this.id = ids.take('sess');
    this.number = opening.number;
    this.kind = opening.kind;
    this.model = opening.model;
    this.ws = ws;
    this.socket = opening.socket;
    this.link = opening.link;
    this.env = env;
    this.onClosed = opening.onClosed;
    this.recording = new Recording(env.clock, opening.record);
    this.session = new ModelSession(env, {
      id: this.id,
      kind: opening.kind,
      model: opening.model,
      ids,
      recording: this.recording,
      wire: {
        sendText: (text) => toClient.send(() => this.send(text)),
        close: (code, reason) => this.close(code, reason),
      },
      onSocketStrike: (action) => this.onSocketStrike(action),
    });
    ws.on('message', (data: RawData, isBinary: boolean) =>
      toServer.send(() => this.onMessage(data as Buffer, isBinary)),
    );
    ws.on('ping', (data: Buffer) => toServer.send(() => this.pong(data)));
    ws.on('error', () => undefined);
    ws.on('close', (code: number, reason: Buffer) => this.finish({ code, reason: reason.toString() }));
    this.session.open(opening.faults.attach(this));
  }

  get isOpen(): boolean {
    return this.ending === null;
  }

  /** Its end, or null while it is open. */
  get end(): SessionEnd | null {
    return this.ending;
  }

  /** Round trip between client and provider, without jitter. */
  get roundTripMs(): number {
    return this.link.roundTripMs;
  }

  get ageMs(): number {
    return this.recording.ageMs;
  }

  /** The session object after the last valid `session.update`. */
  get config(): JsonObject {
    return this.session.config;
  }

  /** Every event both ways, oldest first. */
  get events(): readonly RecordedEvent[] {
    return this.recording.events;
  }

  get counters(): Readonly<SessionCounters> {
    return this.recording.counters;
  }

  /**
   * Events refused for being wrong, by code. Over a distance those are left out that met one of ours on the
   * way: by the time they came the response they stop was over, the one they ask for had begun, or the audio
   * they commit was committed.
   */
  get mistakes(): Readonly<Record<string, number>> {
    const { refusals } = this.counters;
    if (this.roundTripMs === 0) return refusals;
    return Object.fromEntries(Object.entries(refusals).filter(([code]) => !CROSSED.has(code)));
  }

  /** Items of the default conversation, as the wire shows them. */
  get items(): readonly Typed[] {
    return this.session.conversation.items.map((item) => item.wire);
  }

  /** Items the client created, in the order it created them: a seeded history. */
  get seededItems(): readonly Typed[] {
    return this.session.seededItems;
  }

  /** Calls of tools of servers that the provider ran. */
  get hostedCalls(): readonly HostedCallRecord[] {
    return this.session.hostedCalls;
  }

  /** Every byte of audio the client appended. */
  get received(): Buffer {
    return this.recording.received;
  }

  /** Every byte of audio sent in deltas. */
  get sent(): Buffer {
    return this.recording.sent;
  }

  /** The bytes of one item's deltas. */
  sentFor(itemId: string): Buffer {
    return this.recording.sentFor(itemId);
  }

  /** Events of one type that went out, parsed. */
  sentEvents(type: string): JsonObject[] {
    return this.events
      .filter((event) => event.direction === 'out' && event.type === type)
      .map((event) => event.event);
  }

  /** Returns the client's events, of one type or all; audio is {@link received}. */
  receivedEvents(type?: string): JsonObject[] {
    return this.events
      .filter((event) => event.direction === 'in' && (type === undefined || event.type === type))
      .map((event) => event.event);
  }

  /** Sets the caller's words: the n-th line is the n-th utterance's. */
  hears(...lines: string[]): void {
    this.session.lines.push(...lines);
  }

  /**
   * The first event, past or future, that fits. Rejects after `timeoutMs` (5 s) or when the session ends
   * first.
   */
  waitFor(
    predicate: (event: RecordedEvent) => boolean,
    options: { timeoutMs?: number; fromNow?: boolean } = {},
  ): Promise<RecordedEvent> {
    return this.recording.waitFor(predicate, options);
  }

  /** Makes this session suffer at once. */
  strike(action: Strike): void {
    if (this.isOpen) this.session.strike(action);
  }

  /** Sends a server ping, unless the session plays dead. */
  ping(): void {
    if (this.isOpen && this.answersPings) this.ws.ping();
  }

  close(code = 1000, reason = ''): void {
    this.link.toClient.send(() => this.ws.close(code, reason));
  }

  terminate(): void {
    this.link.drop();
    this.ws.terminate();
  }

  /**
   * Sends a server event unchanged, whatever the session's state: the words of a broken or hostile provider.
   */
  inject(event: Typed): void {
    this.send(JSON.stringify(event));
  }

  /** Bytes that wait for a client that does not read. */
  get unsentBytes(): number {
    return this.ws.bufferedAmount;
  }

  private onMessage(data: Buffer, isBinary: boolean): void {
    if (!this.isOpen) return;
    if (isBinary) this.session.receiveBinary();
    else this.session.receive(data.toString('utf8'));
  }

  private pong(data: Buffer): void {
    if (!this.answersPings) return;
    this.link.toClient.send(() => {
      if (this.ws.readyState === this.ws.OPEN) this.ws.pong(data);
    });
  }

  private send(text: string): void {
    if (this.ws.readyState !== this.ws.OPEN) return;
    if (this.ws.bufferedAmount > MAX_UNSENT_BYTES) this.ws.terminate();
    else this.ws.send(text);
  }

  private onSocketStrike(
    action: Extract<FaultAction, { kind: 'hang' | 'cut' | 'bad-event' | 'stall-reading' }>,
  ): void {
    switch (action.kind) {
      case 'hang':
        this.answersPings = action.answersPings ?? true;
        return;
      case 'bad-event':
        if (action.what === 'binary') this.ws.send(Buffer.from([0, 1, 2, 3]));
        return;
      case 'stall-reading':
        this.ws.pause();
        if (action.forMs !== undefined) this.env.clock.after(action.forMs, () => this.ws.resume());
        return;
      case 'cut':
        this.cut(action);
    }
  }

  private cut(action: Extract<FaultAction, { kind: 'cut' }>): void {
    if (action.how === 'close') {
      this.close(action.closeCode ?? 1011, action.closeReason ?? '');
      return;
    }
    this.link.drop();
    if (action.how === 'reset') this.socket.resetAndDestroy();
    else this.sayFin();
    this.finish({ code: 1006, reason: '' });
  }

  /** Ends our direction and continues reading: closing with unread bytes would turn the FIN into an RST. */
  private sayFin(): void {
    this.ws.resume();
    this.socket.end();
    const timer = this.env.clock.after(FIN_PATIENCE_MS, () => this.socket.destroy());
    this.socket.once('close', () => timer.cancel());
  }

  private finish(end: SessionEnd): void {
    if (this.ending) return;
    this.ending = end;
    this.session.close();
    this.onClosed();
  }
}
