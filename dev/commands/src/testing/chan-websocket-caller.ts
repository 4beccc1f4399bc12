import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ASTERISK_SECRET } from './asterisk-caller.ts';
import { CALLER, DIALLED, type RunningPlatform, type TalkingCaller } from './running-platform.ts';

const RELAY = 'relay-1';
const RATE_HZ = 16_000;
const FRAME_MS = 20;
const FRAME_BYTES = (RATE_HZ / 1_000) * FRAME_MS * 2;
/** Speech arrives as µ-law; only its length is of interest. */
const MULAW_BYTES_PER_MS = 8;
const AUDIBLE = 500;
const PATIENCE_MS = 20_000;

type Entry = Buffer | { readonly mark: string };

/** A caller on Asterisk's WebSocket channel in `slin16`, with the UUID that call-ingress gave to it. */
export class ChanWebSocketCaller implements TalkingCaller {
  readonly sid = `1764400000.${randomInt(1, 1_000_000)}`;
  /** Commands of the relay, in order. */
  readonly commands: string[] = [];
  /** Bytes of audio that filled no frame outside the buffering mode. */
  droppedBytes = 0;
  uuid = '';
  private readonly ended = Promise.withResolvers<number>();
  private queue: Entry[] = [];
  private leftover = Buffer.alloc(0);
  private isBuffering = false;
  private toSay: Buffer[] = [];
  private silentSince = performance.now();
  private nextTickAt = performance.now();

  private constructor(private readonly socket: WebSocket) {
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') this.command(data);
      else this.audio(Buffer.from(data as ArrayBuffer));
    });
    socket.addEventListener('close', ({ code }) => this.ended.resolve(code));
  }

  static async ring(platform: RunningPlatform): Promise<ChanWebSocketCaller> {
    const caller = await ChanWebSocketCaller.connected(platform);
    const response = await fetch(`${platform.publicUrl}/asterisk/calls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ASTERISK_SECRET}`, accept: 'application/json' },
      body: new URLSearchParams({ to: DIALLED, from: CALLER, uniqueid: caller.sid }),
    });
    const reply = (await response.json()) as { readonly do: string; readonly uuid: string };
    if (reply.do !== 'connect') throw new TypeError(`The call is not connected: ${JSON.stringify(reply)}`);
    caller.begin(reply.uuid);
    return caller;
  }

  /** Connects with a UUID, without asking call-ingress. */
  static async attach(platform: RunningPlatform, uuid: string): Promise<ChanWebSocketCaller> {
    const caller = await ChanWebSocketCaller.connected(platform);
    caller.begin(uuid);
    return caller;
  }

  private static async connected(platform: RunningPlatform): Promise<ChanWebSocketCaller> {
    const [relayUrl = ''] = platform.urlsOf(RELAY);
    const socket = new WebSocket(`${relayUrl.replace('http', 'ws')}/media/${RELAY}/chan-websocket`, 'media');
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
    return new ChanWebSocketCaller(socket);
  }

  /** Resolves to the close code of the relay. */
  get closed(): Promise<number> {
    return this.ended.promise;
  }

  async say(speech: Uint8Array): Promise<void> {
    const frames = Math.ceil(speech.byteLength / MULAW_BYTES_PER_MS / FRAME_MS);
    for (let frame = 0; frame < frames; frame += 1) this.toSay.push(tone(frame));
    while (this.toSay.length > 0) await sleep(FRAME_MS);
  }

  async waitForSilence(silenceMs: number): Promise<void> {
    for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(FRAME_MS))
      if (performance.now() - this.silentSince >= silenceMs) return;
    throw new TypeError('The agent does not fall silent.');
  }

  private begin(uuid: string): void {
    this.uuid = uuid;
    this.tell('MEDIA_START', {
      connection_id: RELAY,
      channel: `WebSocket/${RELAY}/0x1`,
      format: 'slin16',
      optimal_frame_size: FRAME_BYTES,
      ptime: FRAME_MS,
      channel_variables: { __TANDEM_UUID: uuid },
    });
    this.nextTickAt = performance.now();
    this.tick();
  }

  /** A timeslot: a frame of the caller, the marks in front of the queue, a frame of the agent. */
  private tick(): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(new Uint8Array(this.toSay.shift() ?? Buffer.alloc(FRAME_BYTES)));
    for (let first = this.queue.shift(); first; first = this.queue.shift()) {
      if ('mark' in first) {
        this.tell('MEDIA_MARK_PROCESSED', { correlation_id: first.mark });
        continue;
      }
      if (isAudible(first)) this.silentSince = performance.now();
      break;
    }
    this.nextTickAt += FRAME_MS;
    setTimeout(() => this.tick(), Math.max(0, this.nextTickAt - performance.now()));
  }

  private audio(bytes: Buffer): void {
    let data = Buffer.concat([this.leftover, bytes]);
    for (; data.length >= FRAME_BYTES; data = data.subarray(FRAME_BYTES))
      this.queue.push(data.subarray(0, FRAME_BYTES));
    if (!this.isBuffering) this.droppedBytes += data.length;
    this.leftover = this.isBuffering ? data : Buffer.alloc(0);
  }

  private command(text: string): void {
    const { command, correlation_id: mark = '' } = JSON.parse(text) as {
      readonly command: string;
      readonly correlation_id?: string;
    };
    this.commands.push(command);
    if (command === 'START_MEDIA_BUFFERING') this.isBuffering = true;
    if (command === 'STOP_MEDIA_BUFFERING') {
      this.isBuffering = false;
      if (this.leftover.length > 0) this.queue.push(this.leftover);
      this.leftover = Buffer.alloc(0);
    }
    if (command === 'STOP_MEDIA_BUFFERING' || command === 'MARK_MEDIA') this.queue.push({ mark });
    if (command === 'FLUSH_MEDIA') {
      this.queue = [];
      this.isBuffering = false;
      this.leftover = Buffer.alloc(0);
    }
    if (command === 'GET_STATUS') this.tell('STATUS', { queue_length: this.queue.length });
  }

  private tell(event: string, fields: object): void {
    if (this.socket.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ event, channel_id: this.sid, ...fields }));
  }
}

function tone(frame: number): Buffer {
  const samples = Buffer.alloc(FRAME_BYTES);
  for (let at = 0; at < FRAME_BYTES / 2; at += 1) {
    const seconds = (frame * FRAME_MS) / 1_000 + at / RATE_HZ;
    samples.writeInt16LE(Math.round(9_000 * Math.sin(2 * Math.PI * 300 * seconds)), 2 * at);
  }
  return samples;
}

function isAudible(frame: Buffer): boolean {
  for (let at = 0; at + 1 < frame.length; at += 2) if (Math.abs(frame.readInt16LE(at)) > AUDIBLE) return true;
  return false;
}
