import { describe, expect, it } from '@jest/globals';
import { PCMU_8K, type ItemId } from '@tandem/contracts';
import { AudioFrame } from '@tandem/conversation';
import { CallerReplay } from './caller-replay.ts';

const id = (name: string) => name as ItemId;

const FRAME_BYTES = 160;

/** Frames that bear their number in their last two bytes. */
function line() {
  const caller = new CallerReplay(PCMU_8K);
  let count = 0;
  const sends = (frames: number, level: 'quiet' | 'loud' = 'quiet') => {
    for (let sent = 0; sent < frames; sent += 1) {
      const bytes = Buffer.alloc(FRAME_BYTES, level === 'loud' ? 0x10 : 0xff);
      bytes.writeUInt16BE(count, FRAME_BYTES - 2);
      count += 1;
      caller.push(
        sent % 2 === 0
          ? AudioFrame.fromBytes(bytes)
          : AudioFrame.fromBase64(bytes.toString('base64'), FRAME_BYTES),
      );
    }
  };
  const replayed = () => caller.replay().map(({ bytes }) => Buffer.from(bytes).readUInt16BE(FRAME_BYTES - 2));
  return { caller, sends, replayed, range: () => [replayed().at(0), replayed().at(-1)] };
}

describe('the caller’s audio that is replayed', () => {
  it('is the last 600 ms of a quiet line', () => {
    const { sends, range, replayed } = line();
    sends(1_000);
    expect(range()).toEqual([970, 999]);
    expect(replayed()).toHaveLength(30);
  });

  it('is the whole utterance under way, with the moment before it was noticed', () => {
    const { caller, sends, range } = line();
    sends(100);
    caller.onSpeechStarted(id('a'));
    sends(200);
    expect(range()).toEqual([70, 299]);
  });

  it('is nothing that is in the history', () => {
    const { caller, sends, range, replayed } = line();
    sends(100);
    caller.onSpeechStarted(id('a'));
    sends(50);
    caller.onSpeechStopped(id('a'));
    sends(10);
    caller.onTranscribed(id('a'));
    expect(range()).toEqual([150, 159]);
    sends(100);
    expect(replayed()).toHaveLength(30);
  });

  it('is nothing that was answered, even without words', () => {
    const { caller, sends, range } = line();
    sends(10);
    caller.onSpeechStarted(id('a'));
    sends(50);
    caller.onSpeechStopped(id('a'));
    caller.markAnswering();
    caller.markAnswered();
    sends(1);
    expect(range()).toEqual([60, 60]);
  });

  it('is also speech that a hung session did not report', () => {
    const { caller, sends, range, replayed } = line();
    sends(200);
    sends(50, 'loud');
    sends(100);
    expect(range()).toEqual([170, 349]);
    expect(caller.waitedMs).toBe(2_000);
    caller.onEvent();
    sends(1);
    expect(replayed()).toHaveLength(30);
    sends(1_000, 'loud');
    expect(replayed()).toHaveLength(330);
  });

  it('is at most ten seconds of a long utterance; the rest is counted', () => {
    const { caller, sends, range } = line();
    caller.onSpeechStarted(id('a'));
    sends(600);
    expect(range()).toEqual([100, 599]);
    expect(caller.droppedBytes).toBe(100 * FRAME_BYTES);
  });

  it('keeps the ids the conversation knows, in order, and is reported once', () => {
    const { caller, sends } = line();
    caller.onSpeechStarted(id('a'));
    sends(50);
    caller.onSpeechStopped(id('a'));
    caller.onSpeechStarted(id('b'));
    sends(50);
    caller.replay();
    expect(caller.onSpeechStarted(id('x'))).toBeNull();
    expect(caller.onSpeechStopped(id('x'))).toBeNull();
    expect(caller.onSpeechStarted(id('y'))).toBeNull();
    expect(caller.onSpeechStopped(id('y'))).toBe('b');
    expect([caller.onTranscribed(id('x')), caller.onTranscribed(id('y'))]).toEqual(['a', 'b']);
    expect(caller.isSettled).toBe(true);
    expect(caller.onSpeechStarted(id('z'))).toBe('z');
  });

  it('can be replayed into one session after another', () => {
    const { caller, sends, range } = line();
    sends(30);
    caller.onSpeechStarted(id('a'));
    sends(20);
    caller.replay();
    caller.onSpeechStarted(id('x'));
    sends(20);
    expect(range()).toEqual([0, 69]);
    caller.onSpeechStarted(id('y'));
    caller.onSpeechStopped(id('y'));
    expect(caller.onTranscribed(id('y'))).toBe('a');
  });
});
