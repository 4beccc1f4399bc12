import { describe, expect, it } from '@jest/globals';
import type { ToolCallId } from '@tandem/contracts';
import { AudioFrame } from '@tandem/conversation';
import type { CallerStreamListener, HeardSound } from '@tandem/conversation';
import { AUDIO_HEADER_BYTES, audioMessage, type WireFormat } from '@tandem/softphone';
import { SoftphoneFarSide } from './testing/softphone-far-side.ts';

const PCMU: WireFormat = { encoding: 'pcmu', rateHz: 8000 };
const PCM16: WireFormat = { encoding: 'pcm16', rateHz: 16000 };

function given({ format = PCMU, delayMs = 0 }: { format?: WireFormat; delayMs?: number } = {}) {
  const far = new SoftphoneFarSide(format, { delayMs: [delayMs, delayMs] });
  const heard: HeardSound[] = [];
  const said: string[] = [];
  const listener: CallerStreamListener = {
    onAudio: ({ byteLength }) => said.push(`audio ${byteLength}`),
    onDigit: (digit) => said.push(`digit ${digit}`),
    onText: (text) => said.push(`text ${text}`),
    onHeard: (sound) => heard.push(sound),
    onSilent: () => said.push('silent'),
    onClosed: (reason) => said.push(`closed ${reason}`),
  };
  far.stream.attach(listener);
  const write = (ms: number, soundId = 'a') =>
    far.stream.write(AudioFrame.fromBytes(new Uint8Array(ms * 8).fill(5)), soundId);
  return { far, heard, said, write };
}

const withoutAudio = (said: readonly string[]) => said.filter((line) => !line.startsWith('audio'));

describe('the start of a softphone stream', () => {
  it('tells the page the format before any audio', async () => {
    const { far } = given({ format: PCM16 });
    await far.clock.pass(20);
    expect(far.told[0]).toEqual({ type: 'ready', version: 1, format: PCM16 });
  });
});

describe('what a page holds', () => {
  it('is at most a second of audio, however much was written', async () => {
    const { far, write } = given({ delayMs: 80 });
    write(10_000);
    for (let ms = 0; ms < 9_000; ms += 20) {
      await far.clock.pass(20);
      expect(far.waitingMs).toBeLessThanOrEqual(1_000);
    }
    await far.clock.pass(3_000);
    expect(far.heardMs(5)).toBe(10_000);
  });
});

describe('a report of playback', () => {
  it('above what was sent is clamped to that and counted', async () => {
    const { far, heard, write } = given();
    write(200);
    far.tells({ type: 'played', sound: 1, samples: 80_000, ahead: 0 });
    await far.clock.pass(0);
    expect(heard).toEqual([{ soundId: 'a', heardMs: 200, isComplete: true }]);
    expect(far.stream.counters.clampedReports).toBe(1);
  });

  it('of a sound that was never sent counts for nothing and is counted', async () => {
    const { far, heard, write } = given();
    write(200);
    far.tells({ type: 'played', sound: 9, samples: 800, ahead: 0 });
    await far.clock.pass(0);
    expect(heard).toEqual([]);
    expect(far.stream.counters.clampedReports).toBe(1);
  });

  it('that takes something back, or repeats itself, is not passed on', async () => {
    const { far, heard, write } = given();
    write(900);
    far.tells({ type: 'played', sound: 1, samples: 4_000, ahead: 0 });
    far.tells({ type: 'played', sound: 1, samples: 1_000, ahead: 0 });
    far.tells({ type: 'played', sound: 1, samples: 4_000, ahead: 0 });
    await far.clock.pass(0);
    expect(heard.map(({ heardMs }) => heardMs)).toEqual([500]);
  });

  it('does not keep a stream alive whose playback makes no progress', async () => {
    const { far, said, write } = given();
    far.fallsDeaf();
    write(500);
    for (let second = 0; second < 15; second += 1) {
      far.tells({ type: 'played', sound: 1, samples: 0, ahead: 0 });
      await far.clock.pass(1_000);
    }
    expect(withoutAudio(said)).toEqual(['closed media-timeout']);
    expect(far.stream.counters.stalledPlayouts).toBe(1);
  });

  it('of a page with little left is not extrapolated beyond that', async () => {
    const { far, write } = given();
    far.fallsDeaf();
    write(900);
    far.tells({ type: 'played', sound: 1, samples: 800, ahead: 400 });
    await far.clock.pass(600);
    expect(far.stream.heardSoFar()).toEqual([{ soundId: 'a', heardMs: 150, isComplete: false }]);
  });

  it.each([
    ['counts from when it was true', 200, 380],
    ['is not believed to be older than 250 ms', 900, 430],
  ])('that was late on its way %s', async (_what, lateMs, heardMs) => {
    const { far, write } = given();
    far.fallsDeaf();
    write(900);
    far.tells({ type: 'played', sound: 1, samples: 800, ahead: 6_400, at: 5_000 });
    await far.clock.pass(100 + lateMs);
    far.tells({ type: 'played', sound: 1, samples: 1_600, ahead: 5_600, at: 5_100 });
    await far.clock.pass(0);
    expect(far.stream.heardSoFar()).toEqual([{ soundId: 'a', heardMs, isComplete: false }]);
  });
});

describe('bad input of a page', () => {
  const short = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0]);
  const ofUnknownKind = Buffer.concat([Buffer.from([7]), Buffer.alloc(168)]);
  const toCaller = audioMessage('toCaller', 0, 1, 160);
  const tooLong = audioMessage('fromCaller', 0, 0, 8 * 201);
  it.each<[string, string | Uint8Array]>([
    ['audio without a sample', short],
    ['an unknown kind', ofUnknownKind],
    ['audio of the relay', toCaller],
    ['a frame of more than 200 ms', tooLong],
    ['text that is no JSON', 'hello'],
    ['JSON that is no message', '{"type":"reboot"}'],
    ['a report without numbers', '{"type":"played","sound":"1","samples":null,"ahead":-1}'],
    ['a digit that is none', '{"type":"digit","digit":"12"}'],
    ['a text that is too long', JSON.stringify({ type: 'text', text: 'x'.repeat(1_001) })],
    [
      'a message of ten thousand characters',
      JSON.stringify({ type: 'ping', id: 1, pad: 'x'.repeat(10_000) }),
    ],
  ])('such as %s is counted, and fifty in a row end the stream', async (_what, message) => {
    const { far, said } = given();
    for (let times = 0; times < 49; times += 1) far.sends(message);
    await far.clock.pass(0);
    expect(withoutAudio(said)).toEqual([]);
    expect(far.stream.counters.badMessages).toBe(49);
    far.sends(message);
    await far.clock.pass(0);
    expect(withoutAudio(said)).toEqual(['closed media-errors']);
    expect(far.socket.closedWith?.[0]).toBe(1008);
    expect(far.errors).toEqual([]);
  });

  it('such as half a sample of 16-bit audio is counted', async () => {
    const { far } = given({ format: PCM16 });
    far.sends(audioMessage('fromCaller', 1_000, 0, 641));
    await far.clock.pass(0);
    expect(far.stream.counters.badMessages).toBe(1);
  });

  it('such as control messages in a flood is dropped and counted, and audio goes on', async () => {
    const { far, said } = given();
    for (let times = 0; times < 5_000; times += 1) far.tells({ type: 'digit', digit: '1' });
    await far.clock.pass(0);
    expect(withoutAudio(said).length).toBeLessThanOrEqual(200);
    expect(far.stream.counters.floodedFrames).toBeGreaterThan(4_500);
    await far.clock.pass(20);
    expect(said.at(-1)).toBe('audio 160');
  });

  it('such as written words one after the other are dropped and counted: each would be a turn', async () => {
    const { far, said } = given();
    for (let count = 0; count < 100; count += 1) far.tells({ type: 'text', text: `line ${count}` });
    await far.clock.pass(20);
    expect(withoutAudio(said)).toEqual([0, 1, 2, 3, 4].map((count) => `text line ${count}`));
    expect(far.stream.counters.floodedFrames).toBe(95);
    await far.clock.pass(4_100);
    for (let count = 0; count < 5; count += 1) far.tells({ type: 'text', text: 'more' });
    await far.clock.pass(20);
    expect(withoutAudio(said).filter((line) => line === 'text more')).toHaveLength(2);
  });

  it('such as audio that comes twice is dropped and counted', async () => {
    const { far, said } = given();
    await far.clock.pass(20);
    const before = said.length;
    const again = audioMessage('fromCaller', 0, 0, 160);
    again.fill(9, AUDIO_HEADER_BYTES);
    far.sends(again);
    await far.clock.pass(0);
    expect(said.length).toBe(before);
    expect(far.stream.counters.outOfOrder).toBe(1);
  });
});

describe('a page that reads no more', () => {
  it('makes neither the socket nor the queue grow beyond their bounds', async () => {
    const { far, write } = given();
    far.freezes();
    for (let second = 0; second < 300; second += 1) write(1_000);
    expect(far.socket.unsentBytes).toBeLessThan(1_000 * 8 + 50 * AUDIO_HEADER_BYTES + 200);
    expect(far.stream.waitingBytes).toBeLessThanOrEqual(240_000 * 8);
    expect(far.stream.counters.droppedOutBytes).toBeGreaterThan(0);
    await far.clock.pass(11_000);
    expect(far.heldBytes() - far.socket.unsentBytes).toBe(0);
  });
});

describe('messages of a page', () => {
  it('in writing reach the listener; a ping is answered', async () => {
    const { far, said } = given();
    far.tells({ type: 'text', text: 'A plumber, please.' });
    far.tells({ type: 'ping', id: 7 });
    await far.clock.pass(0);
    expect(withoutAudio(said)).toEqual(['text A plumber, please.']);
    expect(far.told.at(-1)).toEqual({ type: 'pong', id: 7 });
  });

  it('that confirm a clear of earlier do not report silence', async () => {
    const { far, said, write } = given({ delayMs: 50 });
    write(500);
    await far.clock.pass(200);
    far.stream.clear();
    far.stream.clear();
    await far.clock.pass(300);
    expect(withoutAudio(said)).toEqual(['silent']);
  });
});

describe('events of the call', () => {
  it('for callers are shown in their words, others are not', async () => {
    const { far } = given();
    far.stream.showEvent({
      type: 'agent.spoke',
      data: {
        itemId: 'i1',
        text: 'Which day',
        heardMs: 400,
        generatedMs: 900,
        interrupted: true,
        startedAtMs: 0,
        endedAtMs: 400,
      },
    });
    far.stream.showEvent({ type: 'stream.detached', data: { reason: 'taken-over' } });
    far.stream.showEvent({
      type: 'tool.finished',
      data: {
        toolCallId: 't1' as ToolCallId,
        providerCallId: 'p1',
        name: 'book_appointment',
        outcome: { status: 'refused', reason: 'slot-taken', detail: 'That time is taken.' },
        tookMs: 5,
        atMs: 6,
      },
    });
    await far.clock.pass(0);
    expect(far.told.slice(1)).toEqual([
      { type: 'said', party: 'agent', id: 'i1', text: 'Which day', isInterrupted: true },
      {
        type: 'tool',
        id: 't1',
        name: 'book_appointment',
        details: '"That time is taken."',
        state: 'refused',
      },
    ]);
  });
});
