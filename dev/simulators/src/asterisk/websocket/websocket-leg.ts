import type { WebSocket } from 'ws';
import type { Ticker, Ticking } from '../../twilio/audio/ticker.ts';
import type { Codec } from '../audiosocket/codecs.ts';
import { HEADER_BYTES } from '../audiosocket/frame-reader.ts';
import { FrameSpacing } from '../audiosocket/frame-spacing.ts';
import { LegLog, type LegEnd } from '../audiosocket/leg-report.ts';
import type { Ear, RelayLeg } from '../channel/relay-leg.ts';
import { DriverQueue } from './driver-queue.ts';

const FRAME_MS = 20;
/** Asterisk ignores a longer command. */
const MAX_COMMAND_BYTES = 128;
const CLOSE_NORMAL = 1000;

export interface WebSocketLegParts {
  readonly socket: WebSocket;
  /** Name of the connection in websocket_client.conf. */
  readonly connection: string;
  readonly codec: Codec;
  readonly ticker: Ticker;
  /** Ms from the start of the call. */
  readonly callMs: () => number;
  readonly onEnded: (end: LegEnd) => void;
  readonly onMistake: (detail: string) => void;
}

interface Command {
  readonly command?: unknown;
  readonly correlation_id?: unknown;
}

/** Asterisk's end of one connection of the WebSocket channel, with JSON control messages. */
export class WebSocketLeg implements RelayLeg, Ticking {
  readonly codec: Codec;
  readonly log: LegLog;
  ear: Ear | null = null;
  private readonly spacing = new FrameSpacing();
  private readonly queue: DriverQueue;
  private channelId = '';

  constructor(private readonly parts: WebSocketLegParts) {
    this.codec = parts.codec;
    const { connection, codec } = parts;
    this.log = new LegLog({ form: 'websocket', address: connection, uuid: '', codec }, this.spacing);
    this.log.openedAtMs = parts.callMs();
    this.queue = new DriverQueue(codec.frameBytes, {
      tell: (event, fields) => this.tell(event, fields),
      onMistake: parts.onMistake,
    });
    parts.socket.on('message', (data: Buffer, isBinary) =>
      isBinary ? this.audioCame(data) : this.told(data),
    );
    parts.socket.on('close', (code) => this.conclude({ cause: 'closed-by-relay', detail: String(code) }));
    parts.socket.on('error', ({ message }) => this.conclude({ cause: 'connection-reset', detail: message }));
  }

  get hasEnded(): boolean {
    return this.log.end !== null;
  }

  /** Announces the channel: the first message of every connection. */
  open(channel: string, channelId: string, variables: Readonly<Record<string, string>>): void {
    this.channelId = channelId;
    this.tell('MEDIA_START', {
      connection_id: this.parts.connection,
      channel,
      format: this.codec.name,
      optimal_frame_size: this.codec.frameBytes,
      ptime: FRAME_MS,
      channel_variables: variables,
    });
    this.parts.ticker.add(this);
  }

  sendVoice(frame: Buffer): void {
    if (this.hasEnded) return;
    this.parts.socket.send(frame.subarray(HEADER_BYTES));
    this.log.framesSent += 1;
  }

  sendDigit(digit: string): void {
    this.tell('DTMF_END', { digit });
    this.log.digitsSent += 1;
  }

  close(detail: string): void {
    this.end({ cause: 'closed-by-asterisk', detail });
  }

  /** Plays the next frame of the relay. */
  tick(): void {
    const frame = this.queue.tick();
    if (frame) this.ear?.hear(frame, this.codec);
  }

  private audioCame(data: Buffer): void {
    const lengthMs = (data.length * 500) / this.codec.rateHz;
    this.log.framesReceived += 1;
    this.log.bytesReceived += data.length;
    this.log.receivedMs += lengthMs;
    this.spacing.add(this.parts.callMs(), lengthMs);
    this.queue.audio(data);
  }

  private told(data: Buffer): void {
    const text = data.toString();
    const { command, correlation_id: mark = '' } = commandOf(text);
    const run = typeof command === 'string' ? this.commands.get(command) : undefined;
    if (run && typeof mark === 'string' && data.length <= MAX_COMMAND_BYTES) return run(mark);
    this.parts.onMistake(`the command ${text.slice(0, MAX_COMMAND_BYTES)} was ignored`);
    this.tell('ERROR', { error_text: 'Unknown command' });
  }

  private readonly commands: ReadonlyMap<string, (mark: string) => void> = new Map([
    ['START_MEDIA_BUFFERING', () => this.queue.startBuffering()],
    ['STOP_MEDIA_BUFFERING', (mark: string) => this.queue.stopBuffering(mark)],
    ['MARK_MEDIA', (mark: string) => this.queue.mark(mark)],
    ['FLUSH_MEDIA', () => this.queue.flush()],
    ['GET_STATUS', () => this.tell('STATUS', { queue_length: this.queue.length })],
    ['HANGUP', () => this.end({ cause: 'hung-up-by-relay', detail: 'HANGUP' })],
  ]);

  private tell(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (!this.hasEnded)
      this.parts.socket.send(JSON.stringify({ event, channel_id: this.channelId, ...fields }));
  }

  private end(end: LegEnd): void {
    if (this.hasEnded) return;
    this.conclude(end);
    this.parts.socket.close(CLOSE_NORMAL);
  }

  private conclude(end: LegEnd): void {
    if (this.hasEnded) return;
    this.parts.ticker.remove(this);
    this.log.end = end;
    this.log.endedAtMs = this.parts.callMs();
    this.parts.onEnded(end);
  }
}

function commandOf(text: string): Command {
  try {
    return (JSON.parse(text) ?? {}) as Command;
  } catch {
    return {};
  }
}
