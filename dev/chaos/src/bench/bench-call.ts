import { carrierIdOf } from '@tandem/commands/pbx';
import { encodeMulaw, FRAME_BYTES, FRAME_MS } from '@tandem/kit';
import {
  INTERNET,
  longestOneWayMs,
  type SimulatedAsteriskCall,
  type SimulatedCall,
} from '@tandem/simulators';

interface WaitOptions {
  readonly timeoutMs?: number;
}

/** The course of a call that is over, as its carrier knows it. Times in ms from its start. */
export interface CallCourse {
  readonly endedBy: string;
  /** Words of the platform that the carrier spoke. */
  readonly said: readonly string[];
  /** Errors of the carrier, by code. */
  readonly errors: readonly number[];
  /** Unix time in ms. */
  readonly startedAt: number;
  readonly endedAtMs: number;
  readonly streams: readonly {
    readonly url: string;
    readonly openedAtMs: number | null;
    readonly endedAtMs: number | null;
    readonly end: string | null;
  }[];
  /** The agent's voice as it came, in µ-law, and when each frame of it was played. */
  readonly agent: Uint8Array;
  readonly frameAtMs: readonly number[];
  /** Longest way of a message from the carrier to a relay, in ms. */
  readonly toRelayMs: number;
}

/** A call of the bench, over whichever carrier it came. */
export interface BenchCall {
  /** The carrier's id. */
  readonly sid: string;
  readonly hasEnded: boolean;
  /** Streams that have been opened so far. */
  readonly streamsOpened: number;
  /** Pieces of audio that came over streams the carrier had left. */
  readonly mediaAfterEnd: number;
  /** @param speech µ-law at 8 kHz */
  say(speech: Uint8Array, options: { readonly text: string }): Promise<unknown>;
  waitForSpeech(options?: WaitOptions): Promise<unknown>;
  waitForSilence(silenceMs: number, options?: WaitOptions): Promise<unknown>;
  /** Calls `run` with the words of the platform that the carrier speaks. */
  onSaid(run: () => void): void;
  hangup(): void;
  /** Resolves when the call is over. */
  course(): Promise<CallCourse>;
}

/** Returns a call of the simulated carrier as the bench has calls. */
export function carrierCall(call: SimulatedCall): BenchCall {
  return {
    sid: call.sid,
    get hasEnded() {
      return call.hasEnded;
    },
    get streamsOpened() {
      return call.streams.reports.filter(({ openedAtMs }) => openedAtMs !== null).length;
    },
    get mediaAfterEnd() {
      return call.streams.reports.reduce((sum, report) => sum + report.mediaAfterEnd, 0);
    },
    say: (speech, options) => call.say(speech, options),
    waitForSpeech: (options) => call.waitForSpeech(options),
    waitForSilence: (silenceMs, options) => call.waitForSilence(silenceMs, options),
    onSaid: (run) => void call.listen((entry) => entry.kind === 'said' && run()),
    hangup: () => call.hangup(),
    course: async () => courseOf(await call.ended),
  };
}

function courseOf(report: Awaited<SimulatedCall['ended']>): CallCourse {
  const { endedBy, said, errors, startedAt, endedAtMs, streams, recording, roundTripMs } = report;
  return {
    endedBy: endedBy ?? 'nobody',
    said,
    errors: errors.filter(({ level }) => level === 'error').map(({ code }) => code),
    startedAt,
    endedAtMs: endedAtMs ?? 0,
    streams: streams.map(({ url, openedAtMs, endedAtMs: overAtMs, end }) => ({
      url,
      openedAtMs,
      endedAtMs: overAtMs,
      end: end?.cause ?? null,
    })),
    agent: Buffer.concat(recording?.agent ?? []),
    frameAtMs: recording?.frameAtMs ?? [],
    toRelayMs: Math.ceil(longestOneWayMs({ ...INTERNET, roundTripMs: [roundTripMs, roundTripMs] })),
  };
}

/** The PBX stands beside the platform; a turn of its own clock. */
const PBX_TO_RELAY_MS = FRAME_MS;

/** Returns a call of the simulated PBX, over AudioSocket at 8 kHz, as the bench has calls. */
export function pbxCall(call: SimulatedAsteriskCall): BenchCall {
  return {
    sid: carrierIdOf(call.report()),
    get hasEnded() {
      return call.hasEnded;
    },
    get streamsOpened() {
      return call.report().legs.filter(({ openedAtMs }) => openedAtMs !== null).length;
    },
    mediaAfterEnd: 0, // A leg that is over has no socket any more.
    say: (speech, options) => call.say(speech, options),
    waitForSpeech: (options) => call.waitForSpeech(options),
    waitForSilence: (silenceMs, options) => call.waitForSilence(silenceMs, options),
    onSaid: (run) => void call.listen((entry) => entry.kind === 'played' && run()),
    hangup: () => call.hangup(),
    course: async () => pbxCourseOf(await call.ended),
  };
}

function pbxCourseOf(report: Awaited<SimulatedAsteriskCall['ended']>): CallCourse {
  const frames = report.recording?.agent ?? [];
  const agent = Buffer.alloc(frames.length * FRAME_BYTES, 0xff);
  frames.forEach(({ payload }, index) => {
    const { buffer, byteOffset, byteLength } = Buffer.from(payload);
    agent.set(encodeMulaw(new Int16Array(buffer, byteOffset, byteLength / 2)), index * FRAME_BYTES);
  });
  return {
    endedBy: report.endedBy ?? 'nobody',
    said: report.played,
    errors: report.errors.map(() => 0),
    startedAt: report.startedAt,
    endedAtMs: report.endedAtMs ?? 0,
    streams: report.legs.map(({ address, openedAtMs, endedAtMs, end }) => ({
      url: address,
      openedAtMs,
      endedAtMs,
      end: end?.cause ?? null,
    })),
    agent,
    frameAtMs: frames.map(({ atMs }) => atMs),
    toRelayMs: PBX_TO_RELAY_MS,
  };
}
