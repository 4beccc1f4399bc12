import { beforeEach, describe, expect, it } from '@jest/globals';
import { AudioFrame, type HeardSound, type StreamClosedReason } from '@tandem/conversation';
import { ManualClock } from '@tandem/conversation/testing';
import type { MessageSocket, SocketListener } from '../message-socket.ts';
import { TWILIO_STREAM_LIMITS, TwilioStream } from './twilio-stream.ts';

class FakeSocket implements MessageSocket {
  listener: SocketListener | null = null;
  readonly isOpen = true;
  readonly unsentBytes = 0;
  readonly sent: { event: string; mark?: { name: string }; media?: { payload: string } }[] = [];
  closedWith: number | null = null;

  send(...messages: readonly (string | Uint8Array)[]): void {
    for (const message of messages)
      this.sent.push(JSON.parse(Buffer.from(message as Uint8Array).toString()) as FakeSocket['sent'][number]);
  }

  close(code: number): void {
    this.closedWith = code;
  }

  receives(message: unknown): void {
    this.listener?.onMessage(
      Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
      false,
    );
  }

  terminate(): void {
    this.closedWith = 1006;
  }

  get marks(): string[] {
    return this.sent.flatMap(({ mark }) => mark?.name ?? []);
  }
}

const streamSid = 'MZ1';
const frame = (ms: number) => AudioFrame.fromBytes(new Uint8Array(ms * 8).fill(1));

let clock: ManualClock;
let socket: FakeSocket;
let stream: TwilioStream;
let errors: unknown[];
let got: { audio: AudioFrame[]; digits: string[]; heard: HeardSound[]; closed: StreamClosedReason[] };
let chunk: number;

beforeEach(() => {
  clock = new ManualClock();
  socket = new FakeSocket();
  errors = [];
  got = { audio: [], digits: [], heard: [], closed: [] };
  chunk = 0;
  stream = new TwilioStream(
    socket,
    { event: 'start', streamSid, callSid: 'CA1', accountSid: 'AC1', parameters: {} },
    clock,
    (error) => errors.push(error),
    {
      ...TWILIO_STREAM_LIMITS,
      aheadMs: 2_000,
      waitingMs: 5_000,
    },
  );
  stream.attach({
    onAudio: (audio) => got.audio.push(audio),
    onDigit: (digit) => got.digits.push(digit),
    onHeard: (heard) => got.heard.push(heard),
    onSilent: () => undefined,
    onClosed: (reason) => got.closed.push(reason),
  });
});

const media = (payload = Buffer.alloc(160, 9)) => ({
  event: 'media',
  streamSid,
  media: { track: 'inbound', chunk: String(++chunk), payload: payload.toString('base64') },
});

describe('a Twilio stream, from the caller', () => {
  it('passes audio on untouched, in order, without repeated chunks', () => {
    const payload = Buffer.from([1, 2, 3, 4, 5, 6]);
    const message = media(payload);
    socket.receives(message);
    socket.receives(message);
    expect(got.audio.map(({ bytes }) => [...bytes])).toEqual([[1, 2, 3, 4, 5, 6]]);
    expect(got.audio[0]!.base64).toBe(payload.toString('base64'));
    expect(stream.counters).toMatchObject({ framesIn: 1, outOfOrder: 1 });
  });

  it('passes keys on', () => {
    socket.receives({ event: 'dtmf', streamSid, dtmf: { track: 'inbound_track', digit: '5' } });
    expect(got.digits).toEqual(['5']);
  });

  it('reports a hangup once, also when the socket closes after it', async () => {
    socket.receives({ event: 'stop', streamSid, stop: { callSid: 'CA1', accountSid: 'AC1' } });
    socket.listener?.onClosed(1006);
    await clock.pass(10);
    expect(got.closed).toEqual(['caller-hangup']);
  });

  it('reports a socket that closes without notice as a lost connection', async () => {
    socket.listener?.onClosed(1006);
    await clock.pass(1);
    expect(got.closed).toEqual(['connection-lost']);
  });

  it('detects a dead line; audio keeps it alive', async () => {
    await clock.pass(4_000);
    socket.receives(media());
    await clock.pass(4_000);
    expect(got.closed).toEqual([]);
    await clock.pass(6_100);
    expect(got.closed).toEqual(['media-timeout']);
    expect(socket.closedWith).toBe(1008);
  });

  it('counts invalid messages, and ends after fifty in a row', async () => {
    for (let bad = 0; bad < 49; bad += 1) socket.receives('{');
    socket.receives(media());
    for (let bad = 0; bad < 49; bad += 1)
      socket.receives({ event: 'media', streamSid: 'MZother', media: { chunk: '900', payload: 'AAAA' } });
    await clock.pass(1);
    expect(got.closed).toEqual([]);
    socket.receives('{');
    await clock.pass(1);
    expect(got.closed).toEqual(['media-errors']);
    expect(stream.counters.badMessages).toBe(99);
  });

  it('counts unknown and misplaced events, and ignores them', () => {
    socket.receives({ event: 'brand-new', streamSid });
    socket.receives({ event: 'connected' });
    expect(stream.counters).toMatchObject({ unknownMessages: 1, outOfOrder: 1, badMessages: 0 });
  });

  it('ends alone after an internal fault', async () => {
    stream.attach({
      onAudio: () => {
        throw new TypeError('bug');
      },
      onDigit: () => undefined,
      onHeard: () => undefined,
      onSilent: () => undefined,
      onClosed: (reason) => got.closed.push(reason),
    });
    socket.receives(media());
    await clock.pass(1);
    expect(errors).toHaveLength(1);
    expect(socket.closedWith).toBe(1011);
    expect(got.closed).toEqual(['connection-lost']);
  });
});

describe('a Twilio stream, to the caller', () => {
  it('sends audio untouched between marks, and reports it as heard when they are echoed', () => {
    stream.write(frame(500), 'item_1');
    expect(socket.sent.map(({ event }) => event)).toEqual(['mark', 'media', 'mark']);
    expect(socket.sent[1]?.media?.payload).toBe(frame(500).base64);
    for (const name of socket.marks) socket.receives({ event: 'mark', streamSid, mark: { name } });
    expect(got.heard).toEqual([{ soundId: 'item_1', heardMs: 500, isComplete: true }]);
  });

  it('sends ahead up to a bound, queues up to another, and drops and counts the rest', async () => {
    for (let second = 0; second < 8; second += 1) stream.write(frame(1_000), 'item_1');
    expect(stream.counters.bytesOut).toBe(2 * 8_000);
    expect(stream.counters.droppedOutBytes).toBe(8_000);
    const [lead, first] = socket.marks;
    socket.receives({ event: 'mark', streamSid, mark: { name: lead } });
    await clock.pass(1_020);
    socket.receives({ event: 'mark', streamSid, mark: { name: first } });
    expect(stream.counters.bytesOut).toBe(3 * 8_000);
  });

  it('clears the carrier and its own queue, and returns what was heard of each sound', async () => {
    stream.write(frame(1_000), 'item_1');
    stream.write(frame(3_000), 'item_2');
    stream.write(frame(1_000), 'item_3');
    socket.receives({ event: 'mark', streamSid, mark: { name: socket.marks[0] } });
    await clock.pass(420);
    expect(stream.clear()).toEqual([
      { soundId: 'item_1', heardMs: 400, isComplete: false },
      { soundId: 'item_2', heardMs: 0, isComplete: false },
      { soundId: 'item_3', heardMs: 0, isComplete: false },
    ]);
    expect(socket.sent.at(-1)).toEqual({ event: 'clear', streamSid });
    const before = socket.sent.length;
    for (const name of socket.marks) socket.receives({ event: 'mark', streamSid, mark: { name } });
    expect(socket.sent).toHaveLength(before);
    expect(got.heard).toEqual([]);
  });

  it('sends nothing once it is closed', async () => {
    stream.close();
    stream.write(frame(20), 'item_1');
    await clock.pass(1);
    expect(socket.sent).toEqual([]);
    expect(socket.closedWith).toBe(1000);
    expect(got.closed).toEqual(['closed-by-us']);
    expect(clock.pendingTimers).toBe(0);
  });
});
