import { setTimeout as sleep } from 'node:timers/promises';
import { RunningPlatform, words } from '@tandem/commands/platform';
import { FRAME_MS } from '@tandem/kit';
import {
  INTERNET,
  tone,
  type LinkSettings,
  type SimulatedCall,
  type SimulatedSession,
} from '@tandem/simulators';
import { Histogram, type Spread } from '../pump/histogram.ts';

interface Interruptions {
  readonly count: number;
  /**
   * From the model's speech-started event to the last sound of the agent at the carrier, without travel time.
   */
  readonly silence: Spread;
  /** Truncations beyond what the carrier had played by then, the current frame included. */
  readonly claimedTooMuch: number;
  /** Longest time in ms that the agent was heard and a truncation did not claim. */
  readonly mostUnclaimedMs: number;
}

interface InterruptionsOptions {
  readonly calls: number;
  readonly turns: number;
}

const UTTERANCE_MS = 20_000;
const CALLER_SPEAKS_MS = 700;
/** The caller cuts in this long after the agent began, at random. */
const EARLIEST_MS = 200;
const LATEST_MS = 3_500;
const BYTES_PER_MS = 8;
const CALLS_APART_MS = 150;
/** A fixed round trip to each far side, so that it can be subtracted. */
export const INTERRUPTION_LINK: LinkSettings = { ...INTERNET, jitterMs: 0, lossShare: 0 };

/**
 * Callers who speak over an agent that never stops by itself, through real processes, between the strict
 * simulators.
 */
export async function benchInterruptions({ calls, turns }: InterruptionsOptions): Promise<Interruptions> {
  const platform = await RunningPlatform.start({
    model: {
      behaviour: tone({ toneMs: UTTERANCE_MS }),
      pace: { firstByteMs: 100, deltaMs: 200, audioRate: 5 },
      record: { events: true, audio: false },
      link: INTERRUPTION_LINK,
    },
    twilio: { link: INTERRUPTION_LINK },
    stack: { relays: 1, env: { RELAY_MAX_CALLS: String(calls) } },
  });
  const sum = new Sum();
  try {
    const talks: Promise<void>[] = [];
    for (let index = 0; index < calls; index += 1) {
      const call = platform.ring({ from: `+1202555${String(1000 + index)}` });
      const session = await platform.model.waitForSession((candidate) => candidate.number === index + 1);
      talks.push(talkOver(call, session, turns, sum));
      await sleep(CALLS_APART_MS);
    }
    await Promise.all(talks);
  } finally {
    await platform.stop();
  }
  return sum.result();
}

async function talkOver(
  call: SimulatedCall,
  session: SimulatedSession,
  turns: number,
  sum: Sum,
): Promise<void> {
  const startedAt = call.report().startedAt - performance.timeOrigin;
  let onSilent: (atMs: number) => void = () => undefined;
  call.listen((entry) => {
    if (entry.kind === 'agent-stopped') onSilent(entry.atMs);
  });
  const awayMs = (call.report().roundTripMs + session.roundTripMs) / 2;
  const playedMs = (): number => (call.stream?.report.playedBytes ?? 0) / BYTES_PER_MS;
  const wait = (direction: 'in' | 'out', type: string) =>
    session.waitFor((event) => event.direction === direction && event.type === type, {
      fromNow: true,
      timeoutMs: 15_000,
    });
  // The greeting may come from the cache, without the model: it is interrupted first and not counted.
  for (let turn = 0; turn <= turns; turn += 1) {
    const before = playedMs();
    await call.waitForSpeech();
    await sleep(EARLIEST_MS + Math.random() * (LATEST_MS - EARLIEST_MS));
    const silent = new Promise<number>((resolve) => (onSilent = resolve));
    const speech = wait('out', 'input_audio_buffer.speech_started').then(() => performance.now());
    const cut =
      turn === 0
        ? null
        : wait('in', 'conversation.item.truncate').then(({ event }) => ({
            claimedMs: Number(event.audio_end_ms),
            heardMs: playedMs() - before,
          }));
    void call.say(words(CALLER_SPEAKS_MS));
    const speechAt = await speech;
    const silentAt = startedAt + (await silent);
    if (cut) sum.add(silentAt - speechAt - awayMs, await cut);
  }
  call.hangup();
  await call.ended;
}

class Sum {
  private readonly silence = new Histogram();
  private claimedTooMuch = 0;
  private mostUnclaimedMs = 0;

  add(
    silenceMs: number,
    { claimedMs, heardMs }: { readonly claimedMs: number; readonly heardMs: number },
  ): void {
    this.silence.add(Math.max(0, silenceMs) * 1000);
    if (claimedMs > heardMs + FRAME_MS) this.claimedTooMuch += 1;
    this.mostUnclaimedMs = Math.max(this.mostUnclaimedMs, heardMs - claimedMs);
  }

  result(): Interruptions {
    return {
      count: this.silence.spread.count,
      silence: this.silence.spread,
      claimedTooMuch: this.claimedTooMuch,
      mostUnclaimedMs: this.mostUnclaimedMs,
    };
  }
}
