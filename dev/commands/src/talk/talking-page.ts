import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesise, type Speech } from '@tandem/stack';
import { writeWav } from '@tandem/kit';
import { chromium, type Browser, type Page, type WebSocket } from 'playwright-core';
import type { Chromium } from './chromium.ts';
import {
  AGENT_SOUNDS,
  CALLER_SAID,
  calling,
  DENIED_MICROPHONE,
  DEVICES_IN_USE,
  IN_STATE,
  ledThrough,
  LINE_RATE_HZ,
  LINES,
  LOUD,
  ON_USUAL_SPEAKER,
  QUESTION_ASKED,
  SPEAKERS_GONE,
  SPOKEN_MICROPHONE,
  TONE_HEARD,
  WATCHED_AUDIO,
  WATCHED_DEVICES,
} from './page-scripts.ts';

/** The caller's voice, as in `npm run call`. */
const CALLER_VOICE = 'rms';
const LAUNCH_LIMIT_MS = 60_000;
/** Longest time in which a page plays what it was sent: a greeting of two sentences, a second ahead. */
const PLAYED_WITHIN_MS = 30_000;
/** How exactly the ear knows when a sound begins and ends. */
const EAR_MS = 5;
const POLL_MS = 100;
/** Kind, sequence and sound number before the audio of a message. */
const AUDIO_HEADER_BYTES = 9;
const FULL_SCALE = 32_768;

/** Reports of playback by the page, beside what an independent ear heard. Times of the device, in s. */
interface HeardOnPage {
  /** When the first loud sample and the last one left the softphone. */
  readonly from: number | null;
  readonly to: number | null;
  readonly reports: readonly {
    readonly sound: number;
    readonly samples: number;
    /** When this was so, in ms, by the page. */
    readonly at: number;
    /** When the page sent it. */
    readonly sentAt: number;
    /** From the context to the loudspeaker. */
    readonly latency: number;
  }[];
}

/** One report of playback. */
export interface ReportError {
  /** Positive: the page reported more than was played. */
  readonly errorMs: number;
  /** From the moment it tells of to its sending. */
  readonly heldMs: number;
  readonly latencyMs: number;
}

/** Audio of the relay, in samples of all messages. */
interface Sent {
  rateHz: number;
  samples: number;
  firstLoud: number | null;
  lastLoud: number;
}

export interface TalkingPageOptions {
  readonly chromium: Chromium;
  readonly speech: Speech;
  /** A WAV file for Chromium's fake microphone; without one, {@link TalkingPage.say} is the microphone. */
  readonly microphoneFile?: string;
  /** Whether the page's sound is also heard by an independent ear, for {@link TalkingPage.reportErrors}. */
  readonly hasEar?: boolean;
  /** Ports that sockets go to instead of those of relays; needs an ear, whose page has no policy. */
  readonly lines?: Readonly<Record<number, number>>;
  /** Time the page waits for the code of its audio processor. */
  readonly processorDelayMs?: number;
  readonly isMicrophoneDenied?: boolean;
  /** Chromium's fake devices as they are: several microphones that beep, and several loudspeakers. */
  readonly hasDevices?: boolean;
}

/** The talk page in a real Chromium, with a caller who speaks synthesised words. */
export class TalkingPage {
  /** Everything the page logged, and its errors. */
  readonly complaints: string[] = [];
  /** Text messages of each socket the page opened, in order. */
  readonly sent: string[] = [];
  readonly received: string[] = [];
  readonly sockets: string[] = [];
  /** Frames of the caller's voice that the page has sent. */
  framesSent = 0;
  /** Format of both directions, as the relay told it last. */
  format: unknown = null;
  private answered = 0;
  private readonly audio: Sent = { rateHz: NaN, samples: 0, firstLoud: null, lastLoud: 0 };

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly speech: Speech,
  ) {}

  static async open(url: string, options: TalkingPageOptions): Promise<TalkingPage> {
    const { chromium: found, speech, microphoneFile, hasEar = false, lines, processorDelayMs } = options;
    const browser = await chromium.launch({
      executablePath: found.program,
      env: { ...process.env, ...found.env },
      timeout: LAUNCH_LIMIT_MS,
      args: [
        '--no-sandbox',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        ...(microphoneFile === undefined
          ? []
          : [`--use-file-for-fake-audio-capture=${microphoneFile}%noloop`]),
      ],
    });
    // An ear is a script that no policy of a page would allow.
    const context = await browser.newContext({
      viewport: { width: 1180, height: 780 },
      bypassCSP: hasEar,
    });
    const page = await context.newPage();
    const talking = new TalkingPage(browser, page, speech);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) talking.complaints.push(message.text());
    });
    page.on('pageerror', (error) => talking.complaints.push(error.message));
    page.on('websocket', (socket) => talking.watch(socket));
    if (hasEar) await page.addInitScript(WATCHED_AUDIO);
    if (lines) await page.addInitScript(ledThrough(lines));
    if (processorDelayMs)
      await page.route('**/softphone-processor.js', async (route) => {
        await sleep(processorDelayMs);
        await route.continue();
      });
    if (options.isMicrophoneDenied) await page.addInitScript(DENIED_MICROPHONE);
    else if (options.hasDevices) await page.addInitScript(WATCHED_DEVICES);
    else if (microphoneFile === undefined) await page.addInitScript(SPOKEN_MICROPHONE);
    await page.goto(url);
    return talking;
  }

  /** Presses the one button. */
  async pressCall(): Promise<void> {
    await this.page.click('#call');
  }

  /** Says a line into the microphone, to its end. */
  async say(text: string): Promise<void> {
    const samples = await this.spoken(text);
    await this.page.evaluate(calling('window.tandemSay', base64(samples)));
  }

  /** Sends a line in writing. */
  async write(text: string): Promise<void> {
    await this.page.fill('#text', text);
    await this.page.click('#send');
  }

  /** Waits until the agent is heard speaking. */
  async waitForAgentSound(timeoutMs = 20_000): Promise<void> {
    await this.until(AGENT_SOUNDS, 'a sound of the agent', timeoutMs);
  }

  /** Waits until the agent has asked something new and is silent. Returns the question. */
  async waitForQuestion(timeoutMs = 40_000): Promise<string> {
    const { count, text } = await this.until<{ count: number; text: string }>(
      calling(QUESTION_ASKED, this.answered),
      'the next question of the agent',
      timeoutMs,
    );
    this.answered = count;
    return text;
  }

  async waitForState(state: string, timeoutMs = 30_000): Promise<void> {
    await this.until(calling(IN_STATE, state), `the state ${state}`, timeoutMs);
  }

  /** Waits for a line of the caller in which these words are. */
  async waitForCaller(words: string, timeoutMs: number): Promise<void> {
    await this.until(calling(CALLER_SAID, words), `the caller's words "${words}"`, timeoutMs);
  }

  /** Waits until the page has opened this many sockets, closed ones included. */
  async waitForSockets(count: number, timeoutMs = 30_000): Promise<void> {
    for (const end = Date.now() + timeoutMs; this.sockets.length < count; await sleep(POLL_MS))
      if (Date.now() > end) throw new TypeError(`Waited ${timeoutMs} ms in vain for socket ${count}.`);
  }

  /** Returns the lines of the conversation as they stand on the page. */
  lines(kind: 'agent' | 'caller' | 'tool' | 'note'): Promise<string[]> {
    return this.page.evaluate<string[]>(calling(LINES, kind));
  }

  /** Chooses a device by its place in the list, 0 for the browser's own choice. Returns its id and label. */
  async choose(kind: 'microphone' | 'speaker', index: number): Promise<{ id: string; label: string }> {
    const [id = ''] = await this.page.selectOption(`#${kind}`, { index });
    return { id, label: await this.page.innerText(`#${kind} option:checked`) };
  }

  /** Returns the labels of running microphones, and the loudspeaker that was chosen and plays. */
  devicesInUse(): Promise<{ microphones: string[]; speaker: string | null }> {
    return this.page.evaluate(DEVICES_IN_USE);
  }

  /** Takes all loudspeakers away that could be chosen. */
  async loseSpeakers(): Promise<void> {
    await this.page.evaluate(SPEAKERS_GONE);
  }

  /** Returns whether the agent is played to the browser's own choice of a loudspeaker. */
  isOnUsualSpeaker(): Promise<boolean> {
    return this.page.evaluate<boolean>(ON_USUAL_SPEAKER);
  }

  /** Presses the button of the test tone. Returns the loudest sample of it on the chosen loudspeaker. */
  hearTone(): Promise<number> {
    return this.page.evaluate<number>(TONE_HEARD);
  }

  /** Returns how far each report of the first sound differs from what the ear had heard of it then. */
  async reportErrors(): Promise<ReportError[]> {
    const { from, reports } = await this.page.evaluate<HeardOnPage>('window.tandemHeard');
    const { firstLoud, rateHz } = this.audio;
    const begunAt = (from ?? NaN) - (firstLoud ?? NaN) / rateHz;
    return reports
      .filter(({ sound }) => sound === 1)
      .map(({ samples, at, sentAt, latency }) => ({
        errorMs: (samples / rateHz + begunAt + latency) * 1000 - at,
        heldMs: sentAt * 1000 - at,
        latencyMs: latency * 1000,
      }));
  }

  /**
   * Returns by how many ms the agent's speech until now was longer, from its first loud sample to its last,
   * than as the relay sent it.
   */
  async gapsMs(): Promise<number> {
    for (const end = Date.now() + PLAYED_WITHIN_MS; ; await sleep(POLL_MS)) {
      const { from, to } = await this.page.evaluate<HeardOnPage>('window.tandemHeard');
      const { firstLoud, lastLoud, rateHz } = this.audio;
      const gapsMs = ((to ?? NaN) - (from ?? NaN) - (lastLoud - (firstLoud ?? NaN)) / rateHz) * 1000;
      // Less than was sent: the rest is still to be heard.
      if (gapsMs >= -EAR_MS || Date.now() > end) return gapsMs;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  private measure(message: Buffer): void {
    const { audio } = this;
    for (let at = AUDIO_HEADER_BYTES; at + 1 < message.length; at += 2, audio.samples += 1) {
      if (Math.abs(message.readInt16LE(at)) <= LOUD * FULL_SCALE) continue;
      audio.firstLoud ??= audio.samples;
      audio.lastLoud = audio.samples;
    }
  }

  private readText(text: string): void {
    this.received.push(text);
    const message = JSON.parse(text) as { type: string; format: { rateHz: number } };
    if (message.type !== 'ready') return;
    this.format = message.format;
    this.audio.rateHz = message.format.rateHz;
  }

  /** Asks the page again and again: its Content-Security-Policy lets no script of ours wait in it. */
  private async until<Value>(expression: string, what: string, timeoutMs: number): Promise<Value> {
    for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(POLL_MS)) {
      const value = await this.page.evaluate<Value | false>(expression);
      if (value) return value;
    }
    throw new TypeError(
      `Waited ${timeoutMs} ms in vain for ${what}. The page says: ${await this.page.innerText('main')}`,
    );
  }

  private spoken(text: string): Promise<Int16Array> {
    return synthesise(this.speech, text, { voice: CALLER_VOICE });
  }

  private watch(socket: WebSocket): void {
    this.sockets.push(socket.url());
    socket.on('framesent', ({ payload }) => {
      if (typeof payload === 'string') this.sent.push(payload);
      else this.framesSent += 1;
    });
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload === 'string') this.readText(payload);
      else this.measure(payload);
    });
  }
}

/** Writes a WAV file with lines, each after its ms of silence, for Chromium's fake microphone. */
export async function writeLines(
  speech: Speech,
  file: string,
  lines: readonly { readonly afterMs: number; readonly say: string }[],
): Promise<void> {
  const parts: Int16Array[] = [];
  for (const { afterMs, say } of lines)
    parts.push(
      new Int16Array((afterMs * LINE_RATE_HZ) / 1000),
      await synthesise(speech, say, { voice: CALLER_VOICE }),
    );
  const samples = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  writeFileSync(file, writeWav({ samples, rateHz: LINE_RATE_HZ }));
}

function base64(samples: Int16Array): string {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
}
