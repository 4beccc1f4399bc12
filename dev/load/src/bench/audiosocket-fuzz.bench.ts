import { setTimeout as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededRandom } from '@tandem/kit';
import { AudioSocketStream, FrameParser, PlayoutClock, type MessageSocket } from '@tandem/telephony';
import { benchClock, fail } from './bench-call.ts';

export interface FuzzFigures {
  /** Byte sequences, each cut at one place. */
  readonly inputs: number;
  readonly sequences: number;
  readonly frames: number;
  readonly badFrames: number;
  /** Inputs that were read otherwise than the same bytes in one piece. */
  readonly misread: number;
  readonly seconds: number;
  /** Memory held on the heap after a tenth of the inputs, and after all of them. */
  readonly heldBytes: readonly [before: number, after: number];
}

/** Reading of some bytes by a parser: enough to tell any two apart. */
interface Reading {
  frames: number;
  bad: number;
  /** Running sum over kinds, lengths, bytes and their order. */
  sum: number;
  isAtBoundary: boolean;
}

const KINDS = [0x00, 0x01, 0x03, 0x10, 0x11, 0x12, 0x13, 0x18, 0xff];
const PRIME = 16_777_619;
const SEQUENCES_A_TURN = 100;

/**
 * Feeds hostile bytes to the reader of AudioSocket frames: valid, damaged and random frames, each sequence
 * once in one piece and once for every place at which the network may cut it. What comes out goes through a
 * stream.
 * @param random seed of the sequences
 */
export async function fuzzAudioSocket(
  wanted: number,
  random: number,
  progress: (inputs: number) => void,
): Promise<FuzzFigures> {
  const draw = seededRandom(random);
  const collect = collector();
  const totals = { inputs: 0, sequences: 0, frames: 0, badFrames: 0, misread: 0 };
  const startedAt = performance.now();
  let before = 0;
  while (totals.inputs < wanted) {
    const bytes = sequence(draw);
    const whole = read([bytes]);
    throughStream(bytes);
    totals.sequences += 1;
    if (totals.sequences % SEQUENCES_A_TURN === 0) await nextTurn(); // Ended streams tell their listeners.
    totals.frames += whole.frames;
    totals.badFrames += whole.bad;
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const parts = read([bytes.subarray(0, cut), bytes.subarray(cut)]);
      if (!isSame(parts, whole)) totals.misread += 1;
    }
    const byteByByte = read(Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1)));
    if (!isSame(byteByByte, whole)) totals.misread += 1;
    const tenths = Math.floor((totals.inputs * 10) / wanted);
    totals.inputs += bytes.length + 2;
    if (Math.floor((totals.inputs * 10) / wanted) > tenths) {
      if (tenths === 0) before = collect();
      progress(totals.inputs);
    }
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  return { ...totals, seconds, heldBytes: [before, collect()] };
}

/** Returns a function that collects garbage and returns the bytes still held. */
function collector(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
}

function isSame(a: Reading, b: Reading): boolean {
  return a.frames === b.frames && a.bad === b.bad && a.sum === b.sum && a.isAtBoundary === b.isAtBoundary;
}

function read(parts: readonly Buffer[]): Reading {
  const reading: Reading = { frames: 0, bad: 0, sum: 0, isAtBoundary: false };
  const parser = new FrameParser({
    onFrame: (frame) => {
      reading.frames += 1;
      let { sum } = reading;
      for (let at = 0; at < frame.length; at += 1) sum = Math.imul(sum ^ (frame[at] as number), PRIME);
      reading.sum = sum;
    },
    onBadFrame: () => {
      reading.bad += 1;
      reading.sum = Math.imul(reading.sum ^ 0x100, PRIME);
    },
  });
  for (const part of parts) parser.push(part);
  reading.isAtBoundary = parser.isAtBoundary;
  return reading;
}

/** Returns one to four frames, some of them damaged, or bytes that never were frames. */
function sequence(draw: () => number): Buffer {
  const pieces: Buffer[] = [];
  for (let count = 1 + Math.floor(draw() * 4); count > 0; count -= 1) pieces.push(piece(draw));
  const bytes = Buffer.concat(pieces);
  for (let damages = Math.floor(draw() * 3); damages > 0 && bytes.length > 0; damages -= 1)
    bytes[Math.floor(draw() * bytes.length)] = Math.floor(draw() * 256);
  return draw() < 0.2 ? bytes.subarray(0, Math.floor(draw() * bytes.length)) : bytes;
}

function piece(draw: () => number): Buffer {
  const isRandom = draw() < 0.1;
  const payload = Buffer.alloc(payloadBytes(draw), Math.floor(draw() * 256));
  if (isRandom) return payload;
  const kind = draw() < 0.9 ? (KINDS[Math.floor(draw() * KINDS.length)] as number) : Math.floor(draw() * 256);
  const length = draw() < 0.9 ? payload.length : Math.floor(draw() * 65_536);
  return Buffer.concat([Buffer.of(kind, length >> 8, length & 0xff), payload]);
}

function payloadBytes(draw: () => number): number {
  const choice = draw();
  if (choice < 0.2) return 16;
  if (choice < 0.4) return Math.floor(draw() * 2);
  return choice < 0.9 ? 2 * Math.floor(draw() * 24) : 320;
}

const clock = benchClock();
const playout = new PlayoutClock(clock);

/** Passes the frames of the bytes through a stream, as its connection would. */
function throughStream(bytes: Buffer): void {
  const socket: MessageSocket = {
    listener: null,
    isOpen: true,
    unsentBytes: 0,
    send: () => undefined,
    close: () => undefined,
    terminate: () => undefined,
  };
  const stream = new AudioSocketStream(socket, 'fuzzed', 8_000, playout, clock, fail);
  stream.attach({
    onAudio: () => undefined,
    onDigit: () => undefined,
    onHeard: () => undefined,
    onSilent: () => undefined,
    onClosed: () => undefined,
  });
  const parser = new FrameParser({
    onFrame: (frame) => socket.listener?.onMessage(frame, true),
    onBadFrame: () => socket.listener?.onMessage(Buffer.alloc(0), true),
  });
  parser.push(bytes);
  stream.close();
}
