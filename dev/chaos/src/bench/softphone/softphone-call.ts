import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeMulaw, FRAME_MS, resample } from '@tandem/kit';
import { Softphone, type PhoneState } from '@tandem/softphone/phone';
import type { BenchCall, CallCourse } from '../bench-call.ts';
import { SoundCard } from './sound-card.ts';

const POLL_MS = 10;
const DEFAULT_PATIENCE_MS = 10_000;
/** The browser stands beside the platform; a turn of its own clock. */
const TO_RELAY_MS = FRAME_MS;

interface Stream {
  readonly url: string;
  openedAtMs: number | null;
  endedAtMs: number | null;
}

export interface SoftphoneCallOptions {
  /** Address of call-ingress. */
  readonly ingressUrl: string;
  readonly from: string;
  /** The caller's own address of this machine: call-ingress counts the calls of each. */
  readonly address: string;
}

/** Starts a call with the shipped softphone on a sound card of its own. Resolves when the call has an id. */
export async function softphoneCall(options: SoftphoneCallOptions): Promise<BenchCall> {
  const call = new SoftphoneCall(options);
  await call.start();
  return call;
}

class SoftphoneCall implements BenchCall {
  sid = '';
  readonly mediaAfterEnd = 0; // A page has one socket at a time and closes the one before.
  private readonly phone: Softphone<SoundCard>;
  private card: SoundCard | null = null;
  private readonly startedAt = Date.now();
  private readonly startedNowMs = performance.now();
  private endedAtMs: number | null = null;
  private isHungUp = false;
  private readonly streams: Stream[] = [];
  private readonly said: string[] = [];
  private onAnnouncement: () => void = () => undefined;

  constructor(private readonly options: SoftphoneCallOptions) {
    this.phone = new Softphone(
      {
        openAudio: (events) => (this.card = new SoundCard(events)),
        service: { url: options.ingressUrl, fetch: (url, init) => this.ask(url as string, init) },
      },
      {
        onState: (state) => this.entered(state),
        onMessage: () => undefined,
        onAnnouncement: (announced) => {
          this.said.push(announced.text);
          this.onAnnouncement();
        },
        onLevels: () => undefined,
        onQuality: () => undefined,
        onDevice: () => undefined,
      },
    );
  }

  async start(): Promise<void> {
    void this.phone.start({ from: this.options.from });
    while (this.sid === '' && !this.hasEnded) await sleep(POLL_MS);
    if (this.sid === '')
      throw new Error(`A softphone's call was not taken: ${JSON.stringify(this.phone.state)}`);
  }

  get hasEnded(): boolean {
    return this.endedAtMs !== null;
  }

  get streamsOpened(): number {
    return this.streams.filter(({ openedAtMs }) => openedAtMs !== null).length;
  }

  say(speech: Uint8Array): Promise<unknown> {
    if (!this.card || this.hasEnded) return Promise.resolve();
    return this.card.say(resample(decodeMulaw(speech), 8_000, 16_000));
  }

  waitForSpeech({ timeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    return this.wait('the agent spoke', timeoutMs, () => this.silentMs() < FRAME_MS * 2);
  }

  waitForSilence(silenceMs: number, { timeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    return this.wait('the agent was silent', timeoutMs, () => this.silentMs() >= silenceMs);
  }

  onSaid(run: () => void): void {
    this.onAnnouncement = run;
  }

  hangup(): void {
    this.isHungUp = !this.hasEnded;
    this.phone.hangUp();
  }

  async course(): Promise<CallCourse> {
    while (!this.hasEnded) await sleep(POLL_MS);
    const { state } = this.phone;
    const heard = this.card?.heard ?? [];
    return {
      endedBy: this.isHungUp ? 'hangup-by-party' : state.kind === 'over' ? state.why : 'nobody',
      said: this.said,
      errors: [],
      startedAt: this.startedAt,
      endedAtMs: this.endedAtMs ?? 0,
      streams: this.streams.map((stream) => ({
        ...stream,
        end: stream.endedAtMs === null ? null : 'closed',
      })),
      agent: Buffer.concat(heard.map(({ frame }) => frame)),
      frameAtMs: heard.map(({ atMs }) => atMs + this.cardStartedMs),
      toRelayMs: TO_RELAY_MS,
    };
  }

  /** A card counts from when it was opened. */
  private get cardStartedMs(): number {
    return (this.card?.startedAt ?? this.startedNowMs) - this.startedNowMs;
  }

  private get nowMs(): number {
    return performance.now() - this.startedNowMs;
  }

  private silentMs(): number {
    return performance.now() - (this.card?.audibleAt ?? this.startedNowMs);
  }

  /** Reads the ids that the softphone keeps to itself from the answers it gets. */
  private async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const response = await postFrom(this.options.address, url, init.body as string);
    const reply = JSON.parse(response.body) as { call?: string; step?: { action: string; url?: string } };
    if (reply.call) this.sid ||= carrierCallIdOf(reply.call);
    if (reply.step?.action === 'connect')
      this.streams.push({ url: reply.step.url ?? '', openedAtMs: null, endedAtMs: null });
    return new Response(response.body, { status: response.status });
  }

  private entered({ kind }: PhoneState): void {
    const stream = this.streams.at(-1);
    if (kind === 'connected' && stream) stream.openedAtMs ??= this.nowMs;
    else if (kind === 'reconnecting' || kind === 'over') {
      if (stream) stream.endedAtMs ??= this.nowMs;
      if (kind === 'over') this.endedAtMs ??= this.nowMs;
    }
  }

  private async wait(what: string, timeoutMs = DEFAULT_PATIENCE_MS, isSo: () => boolean): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (!isSo()) {
      if (this.hasEnded) throw new Error(`The call ended before ${what}.`);
      if (performance.now() > deadlineMs) throw new Error(`Timed out before ${what}.`);
      await sleep(POLL_MS);
    }
  }
}

const REQUEST_TIMEOUT_MS = 10_000;

async function postFrom(
  localAddress: string,
  url: string,
  body: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const asking = request(url, {
    method: 'POST',
    localAddress,
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  asking.end(body);
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

/** Returns our id of a call from the signed, readable token that stands for it. */
function carrierCallIdOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  const id = /SP-[0-9a-f-]{36}/.exec(payload)?.[0];
  if (!id) throw new TypeError("The token of a softphone's call has no id.");
  return id;
}
