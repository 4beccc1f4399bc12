import { AUDIO_HEADER_BYTES, audioMessage, nextSequence, readAudioMessage } from '../wire/audio-message.ts';
import { bytesPerSample, decodeAudio, encodeAudio } from '../audio/wire-audio.ts';
import {
  readRelayMessage,
  WIRE_VERSION,
  type ClientMessage,
  type RelayMessage,
  type WireFormat,
} from '../wire/control-messages.ts';

export interface RelaySocketEvents {
  readonly onReady: (format: WireFormat) => void;
  readonly onAudio: (sound: number, samples: Int16Array<ArrayBuffer>) => void;
  readonly onMessage: (message: RelayMessage) => void;
  readonly onRoundTrip: (ms: number) => void;
  /** Called once, as the last call. */
  readonly onClosed: () => void;
}

const PING_EVERY_MS = 1_000;
/** A relay that has not answered for this long is given up, also while the connection looks open. */
const SILENT_AFTER_MS = 4_000;
const OPEN_WITHIN_MS = 8_000;
/** A check that comes this late was held up: a busy page, a machine that slept. */
const HELD_UP_AFTER_MS = 2 * PING_EVERY_MS;

/** One stream: a socket to the relay that holds the call. */
export class RelaySocket {
  private readonly socket: WebSocket;
  private format: WireFormat | null = null;
  private sequence = 0;
  private pings = 0;
  private readonly pingedAt = new Map<number, number>();
  private heardFromAt = performance.now();
  private checkedAt = performance.now();
  private readonly timer: ReturnType<typeof setInterval>;
  private isClosed = false;

  constructor(
    url: string,
    ticket: string,
    private readonly events: RelaySocketEvents,
  ) {
    this.socket = new WebSocket(url);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onopen = () => this.tell({ type: 'start', version: WIRE_VERSION, ticket });
    this.socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.receive(data);
    this.socket.onclose = () => this.end();
    this.timer = setInterval(() => this.check(), PING_EVERY_MS);
  }

  tell(message: ClientMessage): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** Sends a frame of the caller's voice. */
  sendFrame(samples: Int16Array): void {
    if (!this.format || this.socket.readyState !== WebSocket.OPEN) return;
    const message = audioMessage(
      'fromCaller',
      this.sequence,
      0,
      samples.length * bytesPerSample(this.format),
    );
    encodeAudio(samples, this.format, message, AUDIO_HEADER_BYTES);
    this.sequence = nextSequence(this.sequence);
    this.socket.send(message);
  }

  close(): void {
    this.socket.close(1000);
    this.end();
  }

  private receive(data: string | ArrayBuffer): void {
    this.heardFromAt = performance.now();
    if (typeof data !== 'string') return this.receiveAudio(new Uint8Array(data));
    const message = readRelayMessage(data);
    if (message?.type === 'ready') {
      this.format = message.format;
      this.events.onReady(message.format);
    } else if (message?.type === 'pong') this.receivePong(message.id);
    else if (message) this.events.onMessage(message);
  }

  private receiveAudio(bytes: Uint8Array): void {
    const message = readAudioMessage(bytes);
    if (this.format && message?.kind === 'toCaller')
      this.events.onAudio(message.sound, decodeAudio(message.audio, this.format));
  }

  private receivePong(id: number): void {
    const at = this.pingedAt.get(id);
    this.pingedAt.clear();
    if (at !== undefined) this.events.onRoundTrip(performance.now() - at);
  }

  private check(): void {
    const now = performance.now();
    // A page that was held up itself has messages waiting that it has not seen: it cannot tell yet.
    if (now - this.checkedAt > HELD_UP_AFTER_MS) this.heardFromAt = now;
    this.checkedAt = now;
    const silentMs = now - this.heardFromAt;
    if (silentMs > (this.format ? SILENT_AFTER_MS : OPEN_WITHIN_MS)) return this.close();
    this.pings += 1;
    this.pingedAt.set(this.pings, performance.now());
    this.tell({ type: 'ping', id: this.pings });
  }

  private end(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.timer);
    this.events.onClosed();
  }
}
