import { DUMMY_VOICE } from './dummy-parts.ts';

const FRAME_MS = 20;
const FRAME_BYTES = 160;
const SILENCE = new Uint8Array(FRAME_BYTES).fill(0xff);
const VOICE = new Uint8Array(FRAME_BYTES).fill(0x20);
/** The agent's turn is over after this silence. */
const PAUSE_MS = 500;
const PATIENCE_MS = 30_000;

/** An instruction to the dummy carrier. */
export interface DummyReply {
  readonly do: string;
  readonly url?: string;
  readonly ticket?: string;
  readonly then?: string;
}

/** A caller of the dummy carrier: JSON webhooks, and a plain WebSocket with frames of µ-law. */
export class DummyCaller {
  private socket: WebSocket | null = null;
  private callId = '';
  private then = '';
  private timer: NodeJS.Timeout | null = null;
  private voiceMs = 0;
  /** Bytes of the agent's voice since the last pause. */
  private heardBytes = 0;
  private lastHeardAt = 0;

  constructor(
    private readonly ingress: string,
    private readonly carrier: string,
    private readonly key: string,
  ) {}

  async ring(
    callId: string,
    from: string,
    to: string,
  ): Promise<{ readonly status: number; readonly body: DummyReply }> {
    this.callId = callId;
    const response = await this.post(`${this.ingress}/${this.carrier}/ring`, { call: callId, from, to });
    return { status: response.status, body: (await response.json()) as DummyReply };
  }

  /** Opens the stream the reply tells of. */
  async connect({ url = '', ticket, then = '' }: DummyReply): Promise<void> {
    this.then = then;
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    socket.addEventListener('message', ({ data }: MessageEvent) => {
      if (data instanceof ArrayBuffer) this.hear(new Uint8Array(data));
    });
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new TypeError(`No stream at ${url}.`)));
    });
    socket.send(JSON.stringify({ ticket, call: this.callId }));
    const startedAt = performance.now();
    let sent = 0;
    this.timer = setInterval(() => {
      for (; sent * FRAME_MS < performance.now() - startedAt; sent += 1) {
        socket.send(this.voiceMs > 0 ? VOICE : SILENCE);
        this.voiceMs = Math.max(0, this.voiceMs - FRAME_MS);
      }
    }, FRAME_MS);
  }

  /** Resolves when the agent has said something and is silent again. */
  async hears(what: string): Promise<void> {
    for (let waited = 0; waited < PATIENCE_MS; waited += FRAME_MS) {
      if (this.heardBytes > 0 && performance.now() - this.lastHeardAt > PAUSE_MS) {
        this.heardBytes = 0;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    }
    throw new TypeError(`The caller did not hear ${what}.`);
  }

  /** Resolves when all of it has been sent. */
  async speaks(ms: number): Promise<void> {
    this.voiceMs = ms;
    while (this.voiceMs > 0) await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
  }

  /** Closes the stream and reports the end of the call; returns what the carrier is told to do next. */
  async hangUp(): Promise<unknown> {
    if (this.timer) clearInterval(this.timer);
    this.socket?.close(1000);
    await this.post(`${this.ingress}/${this.carrier}/status`, { call: this.callId, status: 'completed' });
    return (await this.post(this.then, { call: this.callId })).json();
  }

  private hear(frame: Uint8Array): void {
    if (!frame.includes(DUMMY_VOICE)) return;
    this.heardBytes += frame.byteLength;
    this.lastHeardAt = performance.now();
  }

  private post(url: string, body: object): Promise<Response> {
    return fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-dummy-key': this.key },
      body: JSON.stringify(body),
    });
  }
}
