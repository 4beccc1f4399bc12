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
  IN_STATE,
  LINE_RATE_HZ,
  LINES,
  QUESTION_ASKED,
  SPOKEN_MICROPHONE,
  WATCHED_AUDIO,
} from './page-scripts.ts';

/** The caller's voice, as in `npm run call`. */
const CALLER_VOICE = 'rms';
const LAUNCH_LIMIT_MS = 60_000;
const POLL_MS = 100;
/** Kind, sequence and sound number before the audio of a message. */
const AUDIO_HEADER_BYTES = 9;

/** Reports of playback by the page, beside what an independent ear heard. Times of the device, in s. */
interface HeardOnPage {
  /** The first sample that was not silent left the softphone. */
  readonly startedAt: number | null;
  /** From the context to the loudspeaker. */
  readonly latency: number;
  readonly reports: readonly { readonly sound: number; readonly samples: number; readonly at: number }[];
}

export interface TalkingPageOptions {
  readonly chromium: Chromium;
  readonly speech: Speech;
  /** A WAV file for Chromium's fake microphone; without one, {@link TalkingPage.say} is the microphone. */
  readonly microphoneFile?: string;
  /** Whether the page's sound is also heard by an independent ear, for {@link TalkingPage.reportErrorsMs}. */
  readonly hasEar?: boolean;
  readonly isMicrophoneDenied?: boolean;
}

/** The talk page in a real Chromium, with a caller who speaks synthesised words. */
export class TalkingPage {
  /** Everything the page logged, and its errors. */
  readonly complaints: string[] = [];
  /** Text messages of each socket the page opened, in order. */
  readonly sent: string[] = [];
  readonly received: string[] = [];
  readonly sockets: string[] = [];
  private answered = 0;
  /** Silence at the start of the first sound. */
  private leadMs = 0;
  private isFirstSoundSilent = true;

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly speech: Speech,
  ) {}

  static async open(url: string, options: TalkingPageOptions): Promise<TalkingPage> {
    const { chromium: found, speech, microphoneFile, hasEar = false, isMicrophoneDenied = false } = options;
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
    if (isMicrophoneDenied) await page.addInitScript(DENIED_MICROPHONE);
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

  /**
   * Returns by how many ms each report of the first sound differs from what the ear had heard of it then.
   * Positive: the page reported more than was played.
   */
  async reportErrorsMs(): Promise<number[]> {
    const { startedAt, latency, reports } = await this.page.evaluate<HeardOnPage>('window.tandemHeard');
    const begun = (startedAt ?? NaN) + latency - this.leadMs / 1000;
    return reports
      .filter(({ sound }) => sound === 1)
      .map(({ samples, at }) => (samples / LINE_RATE_HZ - (at - begun)) * 1000);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** Counts the zeros of G.711 at the start of the first sound. */
  private measureLead(message: Buffer): void {
    if (!this.isFirstSoundSilent) return;
    const audio = message.subarray(AUDIO_HEADER_BYTES);
    const first = audio.findIndex((code) => code !== 0xff && code !== 0x7f);
    this.isFirstSoundSilent = first < 0;
    this.leadMs += (first < 0 ? audio.length : first) / (LINE_RATE_HZ / 1000);
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
    });
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload === 'string') this.received.push(payload);
      else this.measureLead(payload);
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
