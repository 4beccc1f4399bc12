import type { Socket } from 'node:net';
import type { Distance } from './distance.ts';
import type { FrameClock, Ticking } from './frame-clock.ts';
import type { Histogram } from './histogram.ts';
import { audioAt, nowUs, ODD_US, readStamp, writeStamp } from './stamp.ts';
import {
  closeFrame,
  FrameReader,
  headerBytes,
  opening,
  pongFrame,
  seal,
  textFrame,
  textOf,
  type Message,
} from './ws-frames.ts';
import { upgradeResponse } from './ws-handshake.ts';

/** Sums over all sessions of the driver. */
export interface ModelTotals {
  framesArrived: number;
  /** Frames of calls that flood or stall; not included above. */
  oddFrames: number;
  deltasSent: number;
  truncated: number;
  toolResults: number;
  /** From the carrier's sending to the model's receiving. */
  readonly latency: Histogram;
}

/** Ms from the beginning of a turn, for a caller who speaks every eight seconds. */
const TURN_MS = 8_000;
const CALLER_SPEAKS_MS = 1_800;
const TRANSCRIBED_AFTER_MS = 2_300;
const ANSWER_AFTER_MS = 2_000;
const INTERRUPT_AFTER_MS = 3_400;
/** A delta of 200 ms every 40 ms: five times real time. */
const DELTA_BYTES = 1_600;
const DELTA_EVERY_MS = 40;
const DELTAS_PER_ANSWER = 16;
/** One turn in this many begins with a tool call, and one is cut off by the caller. */
const TOOL_EVERY = 8;
const INTERRUPT_EVERY = 5;

const AUDIO = Buffer.alloc(DELTA_BYTES, 0x5a).toString('base64');
const DELTA_KEY = '"delta":"';
/** Bytes at the start of a message that hold its type and the time in its audio. */
const HEAD_BYTES = 192;
/** Position of the dot in `{"type":"input_audio_buffer.append"`; an `a` follows it. */
const DOT = 27;

const TRANSCRIPT = 'I have looked that up for you and there is a time free on Thursday.';
const USAGE = {
  total_tokens: 900,
  input_tokens: 800,
  output_tokens: 100,
  input_token_details: {
    text_tokens: 500,
    audio_tokens: 300,
    image_tokens: 0,
    cached_tokens: 448,
    cached_tokens_details: { text_tokens: 320, audio_tokens: 128, image_tokens: 0 },
  },
  output_token_details: { text_tokens: 20, audio_tokens: 80 },
};

interface Answer {
  readonly responseId: string;
  readonly itemId: string;
  deltasLeft: number;
  nextAtMs: number;
}

/**
 * A Realtime session, stripped to what costs a relay something: a caller's turn every eight seconds,
 * answered.
 */
export class ModelSession implements Ticking {
  private readonly reader = new FrameReader(
    (message) => this.heard(message),
    (kind) => this.control(kind),
  );
  private isUpgraded = false;
  private audioAt = -1;
  private turn = 0;
  private turnAtMs = 0;
  private counter = 0;
  /** The rest of the current turn, soonest first. */
  private script: { readonly atMs: number; readonly run: () => void }[] = [];
  private answer: Answer | null = null;
  /** Messages of the relay still on their way, soonest first. */
  private readonly arriving: { readonly atMs: number; readonly run: () => void }[] = [];

  constructor(
    private readonly socket: Socket,
    private readonly clock: FrameClock,
    private readonly totals: ModelTotals,
    /** 0 to 1: how far into its first turn the session starts. */
    private readonly phase: number,
    private readonly distance: Distance,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.received(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clock.remove(this));
  }

  tick(nowMs: number): void {
    if (this.distance.isHeldUp(nowMs)) return;
    for (let next = this.arriving[0]; next !== undefined && next.atMs <= nowMs; next = this.arriving[0]) {
      this.arriving.shift();
      next.run();
    }
    if (this.turnAtMs > 0 && nowMs >= this.turnAtMs + TURN_MS) this.callerTurn(this.turnAtMs + TURN_MS);
    for (let next = this.script[0]; next !== undefined && next.atMs <= nowMs; next = this.script[0]) {
      this.script.shift();
      next.run();
    }
    while (this.answer && this.answer.nextAtMs <= nowMs) this.sendDelta(this.answer);
  }

  private received(chunk: Buffer): void {
    if (this.isUpgraded) {
      this.reader.push(chunk);
      return;
    }
    this.isUpgraded = true;
    this.socket.write(upgradeResponse(chunk.toString('latin1')));
    this.say({ type: 'session.created', session: {} });
    this.clock.add(this);
  }

  private heard(message: Message): void {
    const { buffer, start } = message;
    const done = opening(message, HEAD_BYTES) - start;
    if (buffer[start + DOT] === 0x2e && buffer[start + DOT + 1] === 0x61) {
      if (this.audioAt < 0) this.audioAt = audioAt(buffer, start, start + done) - start;
      this.arrived(readStamp(buffer, start + this.audioAt));
      return;
    }
    // The straight wire passes on the carrier's own words.
    if (buffer[start + 2] === 0x65) {
      const at = audioAt(buffer, start, start + done);
      if (at >= 0) this.arrived(readStamp(buffer, at));
      return;
    }
    const event = JSON.parse(textOf(message, done)) as {
      type: string;
      response?: { metadata?: { request?: string } };
      item?: { type: string };
    };
    const atMs = performance.now() + this.distance.roundTripMs;
    this.arriving.push({ atMs, run: () => this.on[event.type]?.(event) });
  }

  private arrived(sentAtUs: number): void {
    if (sentAtUs >= ODD_US) return void (this.totals.oddFrames += 1);
    this.totals.framesArrived += 1;
    this.totals.latency.add(nowUs() - sentAtUs);
  }

  private readonly on: Readonly<
    Record<
      string,
      (event: { response?: { metadata?: { request?: string } }; item?: { type: string } }) => void
    >
  > = {
    'session.update': () => {
      this.say({ type: 'session.updated', session: {} });
      if (this.turnAtMs > 0) return;
      this.turnAtMs = performance.now() - this.phase * TURN_MS;
    },
    'response.create': ({ response }) => {
      if (!this.answer) this.respond(response?.metadata?.request);
    },
    'response.cancel': () => this.cancel(),
    'conversation.item.truncate': () => (this.totals.truncated += 1),
    'conversation.item.create': ({ item }) => {
      if (item?.type === 'function_call_output') this.totals.toolResults += 1;
    },
  };

  private callerTurn(atMs: number): void {
    this.turnAtMs = atMs;
    this.turn += 1;
    const caller = this.id('caller');
    this.script = [
      { atMs, run: () => this.callerStarts(caller) },
      { atMs: atMs + CALLER_SPEAKS_MS, run: () => this.callerStops(caller) },
      {
        atMs: atMs + ANSWER_AFTER_MS,
        run: () => (this.turn % TOOL_EVERY === 1 ? this.callTool() : this.respond(undefined)),
      },
      {
        atMs: atMs + TRANSCRIBED_AFTER_MS,
        run: () =>
          this.say({
            type: 'conversation.item.input_audio_transcription.completed',
            item_id: caller,
            content_index: 0,
            transcript: 'I would like to know when somebody can come.',
          }),
      },
    ];
    if (this.turn % INTERRUPT_EVERY !== 0) return;
    const again = this.id('caller');
    const backAtMs = atMs + INTERRUPT_AFTER_MS;
    this.script.push(
      { atMs: backAtMs, run: () => this.callerStarts(again) },
      { atMs: backAtMs + 600, run: () => this.callerStops(again) },
      { atMs: backAtMs + 800, run: () => this.respond(undefined) },
      {
        atMs: backAtMs + 1_000,
        run: () =>
          this.say({
            type: 'conversation.item.input_audio_transcription.completed',
            item_id: again,
            content_index: 0,
            transcript: 'No, earlier please.',
          }),
      },
    );
  }

  private callerStarts(itemId: string): void {
    this.cancel();
    this.say({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id: itemId });
  }

  private callerStops(itemId: string): void {
    this.say({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 0, item_id: itemId });
    this.say({ type: 'input_audio_buffer.committed', item_id: itemId, previous_item_id: null });
  }

  private respond(request: string | undefined): void {
    if (this.answer) return;
    const responseId = this.id('resp');
    const itemId = this.id('item');
    const fields = { response_id: responseId, item_id: itemId, output_index: 0, content_index: 0 };
    this.say({
      type: 'response.created',
      response: {
        id: responseId,
        status: 'in_progress',
        metadata: request === undefined ? null : { request },
      },
    });
    this.say({
      type: 'response.output_item.added',
      response_id: responseId,
      output_index: 0,
      item: { id: itemId, type: 'message', role: 'assistant', status: 'in_progress', content: [] },
    });
    this.say({ type: 'response.output_audio_transcript.delta', ...fields, delta: TRANSCRIPT });
    this.answer = { responseId, itemId, deltasLeft: DELTAS_PER_ANSWER, nextAtMs: performance.now() };
  }

  private callTool(): void {
    if (this.answer) return;
    const responseId = this.id('resp');
    const itemId = this.id('item');
    const callId = this.id('call');
    this.say({
      type: 'response.created',
      response: { id: responseId, status: 'in_progress', metadata: null },
    });
    this.say({
      type: 'response.output_item.added',
      response_id: responseId,
      output_index: 0,
      item: { id: itemId, type: 'function_call', name: 'lookup_customer', call_id: callId, arguments: '' },
    });
    this.say({
      type: 'response.function_call_arguments.done',
      response_id: responseId,
      item_id: itemId,
      output_index: 0,
      call_id: callId,
      name: 'lookup_customer',
      arguments: '{}',
    });
    this.say({ type: 'response.done', response: { id: responseId, status: 'completed', usage: USAGE } });
  }

  private sendDelta(answer: Answer): void {
    const { responseId, itemId } = answer;
    answer.nextAtMs += DELTA_EVERY_MS;
    answer.deltasLeft -= 1;
    this.totals.deltasSent += 1;
    const head =
      `{"type":"response.output_audio.delta","event_id":"event_${++this.counter}",` +
      `"response_id":"${responseId}","item_id":"${itemId}","output_index":0,"content_index":0,${DELTA_KEY}`;
    const length = head.length + AUDIO.length + 2;
    const frame = Buffer.allocUnsafe(headerBytes(length, false) + length);
    const start = headerBytes(length, false);
    frame.write(`${head}${AUDIO}"}`, start, 'latin1');
    writeStamp(frame, start + head.length, nowUs());
    this.socket.write(seal(frame, length, false));
    if (answer.deltasLeft === 0) this.finish('completed');
  }

  private finish(status: 'completed' | 'cancelled'): void {
    const { answer } = this;
    if (!answer) return;
    this.answer = null;
    const { responseId, itemId } = answer;
    this.say({
      type: 'response.output_item.done',
      response_id: responseId,
      output_index: 0,
      item: { id: itemId, type: 'message', status: status === 'completed' ? 'completed' : 'incomplete' },
    });
    this.say({ type: 'response.done', response: { id: responseId, status, usage: USAGE } });
  }

  private cancel(): void {
    this.finish('cancelled');
  }

  private control(kind: 'close' | 'ping'): void {
    if (kind === 'ping') this.socket.write(pongFrame(false));
    else this.socket.end(closeFrame(false));
  }

  private say(event: object): void {
    this.socket.write(textFrame(JSON.stringify({ event_id: `event_${++this.counter}`, ...event }), false));
  }

  private id(kind: string): string {
    this.counter += 1;
    return `${kind}_${this.counter}`;
  }
}
