import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedCall } from '@tandem/simulators';
import { carrierCall } from '../bench/bench-call.ts';
import type { Bench } from '../bench/bench.ts';
import { hangUpAndRecord } from '../bench/talking-caller.ts';
import { statesOutcome, bookingWords } from './booking-model.ts';

const GREETING_PATIENCE_MS = 20_000;
const FINISHED_MS = 400;
const CALLER_SPEAKS_MS = 900;
const POLL_MS = 250;
let placed = 0;

export interface BookingRequest {
  readonly service: string;
  /** ISO 8601 with the offset of the business. */
  readonly start: string;
}

/** A caller who asks for a booking and waits for its outcome. */
export class BookingCaller {
  readonly call: SimulatedCall;
  private readonly number: number;

  constructor(
    private readonly bench: Bench,
    readonly request: BookingRequest,
  ) {
    this.number = placed += 1;
    this.call = bench.fleet.ring({
      from: `+1202${String(1_000_000 + (this.number % 8_000_000))}`,
      isRecording: true,
    });
    bench.history.add({ kind: 'call-placed', call: this.call.sid });
  }

  async greeted(): Promise<void> {
    await this.call.waitForSpeech({ timeoutMs: GREETING_PATIENCE_MS });
    await this.call.waitForSilence(FINISHED_MS);
  }

  async asks(): Promise<void> {
    const text = bookingWords(this.number, this.request.service, this.request.start);
    const fromAt = Date.now();
    await this.call.say(this.bench.fleet.voice.speak(text, CALLER_SPEAKS_MS), { text });
    this.bench.history.add({ kind: 'caller-said', call: this.call.sid, text, fromAt, isAnswered: true });
  }

  /** Returns the agent's words about the booking; null when there were none in time. */
  async outcomeWords(patienceMs: number): Promise<string | null> {
    for (const until = Date.now() + patienceMs; Date.now() < until && !this.call.hasEnded;) {
      const heard = this.bench.fleet.voice.hear(Buffer.concat(this.call.report().recording?.agent ?? []));
      const words = heard.find(({ text, frames, total }) => statesOutcome(text) && frames >= total - 2);
      if (words) return words.text;
      await sleep(POLL_MS);
    }
    return null;
  }

  leave(): Promise<void> {
    return hangUpAndRecord(carrierCall(this.call), this.bench.fleet.voice, this.bench.history);
  }
}
