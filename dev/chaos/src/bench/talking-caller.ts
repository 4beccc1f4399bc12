import { setTimeout as sleep } from 'node:timers/promises';
import { FRAME_BYTES, FRAME_MS } from '@tandem/kit';
import type { History } from '../history/history.ts';
import type { BenchCall } from './bench-call.ts';
import type { MachineVoice } from './voice/machine-voice.ts';

const CALLER_SPEAKS_MS = 700;
/** After this much silence the caller assumes that the agent has not heard. */
const PATIENCE_MS = 6_000;
const GREETING_PATIENCE_MS = 15_000;
/** After this much silence the agent counts as finished. */
const FINISHED_MS = 500;
const LONGEST_ANSWER_MS = 15_000;
/** Longest pause between the end of an answer and the caller's next words. */
const LONGEST_PAUSE_MS = 900;

/**
 * A caller who says something, listens to the answer and says the next thing; repeats it when there is no
 * answer.
 */
export class TalkingCaller {
  /** Number of answered turns so far. */
  turns = 0;
  private isDone = false;
  private readonly talking: Promise<void>;

  constructor(
    readonly call: BenchCall,
    private readonly number: number,
    private readonly voice: MachineVoice,
    private readonly random: () => number,
    private readonly history: History,
  ) {
    this.talking = this.talk().catch(() => undefined); // The call ended meanwhile; its report says how.
  }

  /**
   * Hangs up after the current words; resolves when the call is over and the audio heard is in the history.
   */
  async leave(): Promise<void> {
    this.isDone = true;
    await this.talking;
    await hangUpAndRecord(this.call, this.voice, this.history);
  }

  private async talk(): Promise<void> {
    const { call } = this;
    await call.waitForSpeech({ timeoutMs: GREETING_PATIENCE_MS });
    await call.waitForSilence(FINISHED_MS);
    for (let attempt = 1; !this.isDone; attempt += 1) {
      await sleep(this.random() * LONGEST_PAUSE_MS);
      const isAnswered = await this.say(`call ${this.number} turn ${this.turns + 1} try ${attempt}`);
      if (!isAnswered) continue;
      this.turns += 1;
      attempt = 0;
    }
  }

  private async say(text: string): Promise<boolean> {
    const { call } = this;
    const fromAt = Date.now();
    await call.say(this.voice.speak(text, CALLER_SPEAKS_MS), { text });
    const at = Date.now();
    const isAnswered = await this.hearsAnAnswer();
    this.history.add({ kind: 'caller-said', at, call: call.sid, text, fromAt, isAnswered });
    return isAnswered;
  }

  private async hearsAnAnswer(): Promise<boolean> {
    try {
      await this.call.waitForSpeech({ timeoutMs: PATIENCE_MS });
      await this.call.waitForSilence(FINISHED_MS, { timeoutMs: LONGEST_ANSWER_MS });
      return true;
    } catch (error) {
      if (this.call.hasEnded) throw error;
      return false;
    }
  }
}

/** Hangs up; when the call is over, adds the audio heard and the course of the call to the history. */
export async function hangUpAndRecord(call: BenchCall, voice: MachineVoice, history: History): Promise<void> {
  call.hangup();
  const { endedBy, said, errors, startedAt, endedAtMs, streams, agent, frameAtMs, toRelayMs } =
    await call.course();
  const wall = (ms: number) => Math.round(startedAt + ms);
  // A frame's time is when it was played, not its position in the recording: a busy machine plays late and
  // skips frames.
  const playedAtMs = (byte: number) => frameAtMs[Math.floor(byte / FRAME_BYTES)] ?? 0;
  for (const { text, fromByte, toByte, frames, total } of voice.hear(agent)) {
    const at = wall(playedAtMs(toByte - 1) + FRAME_MS);
    history.add({
      kind: 'agent-heard',
      at,
      call: call.sid,
      text,
      fromAt: wall(playedAtMs(fromByte)),
      frames,
      total,
    });
  }
  for (const stream of streams) {
    history.add({
      kind: 'stream',
      call: call.sid,
      url: stream.url,
      openedAt: stream.openedAtMs === null ? null : wall(stream.openedAtMs),
      endedAt: stream.endedAtMs === null ? null : wall(stream.endedAtMs),
      end: stream.end,
    });
  }
  history.add({
    kind: 'call-ended',
    toRelayMs,
    at: wall(endedAtMs),
    call: call.sid,
    by: endedBy,
    said,
    errors,
  });
}
