import { describe, expect, it } from '@jest/globals';
import { PCM16_16K, type AudioFormat } from '@tandem/contracts';
import { AudioFrame } from '@tandem/conversation';
import fc from 'fast-check';
import { WatchedStream } from '../../testing/watched-stream.ts';
import type { ChanWebSocketStreamLimits } from './chan-websocket-stream.ts';
import { ChanWebSocketFarSide } from './testing/chan-websocket-far-side.ts';
import { event } from './testing/driver-queue.ts';

const FRAME_BYTES = 640;

function call(limits: Partial<ChanWebSocketStreamLimits> = {}, format: AudioFormat = PCM16_16K) {
  const far = new ChanWebSocketFarSide({}, format, limits);
  return { far, stream: new WatchedStream(far), passes: (ms: number) => far.clock.pass(ms) };
}

describe('audio to a WebSocket channel', () => {
  it('of any length is heard whole, in order, and the channel drops nothing', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 333 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lengths, async (pieces) => {
        const { far, stream, passes } = call();
        for (const [at, ms] of pieces.entries()) {
          stream.write(`sound ${at % 5}.${Math.floor(at / 2)}`, ms);
          await passes(ms % 40);
        }
        await passes(6_000);
        const sounds = new Set(pieces.map((_ms, at) => `sound ${at % 5}.${Math.floor(at / 2)}`));
        for (const sound of sounds) expect(stream.heardOf(sound)).toMatchObject({ isComplete: true });
        expect(far.queue).toMatchObject({ bytesDropped: 0, framesDropped: 0, commandsIgnored: 0 });
        stream.expectNothingBroken();
        far.stream.close();
      }),
      { numRuns: 60 },
    );
  });

  it('that fills no frame waits for more of it, so that no sound has a hole', async () => {
    const { far, stream, passes } = call();
    for (let piece = 0; piece < 19; piece += 1) stream.write('drip', 47);
    expect(far.commands.filter((text) => text.includes('STOP_MEDIA_BUFFERING'))).toEqual([]);
    await passes(2_000);
    expect(far.commands.filter((text) => text.includes('STOP_MEDIA_BUFFERING'))).toHaveLength(1);
    expect(stream.truly('drip')).toBe(893);
    expect(stream.heardOf('drip')).toEqual({ soundId: 'drip', heardMs: 893, isComplete: true });
  });

  it('is sent in whole frames, in messages of a second at most', async () => {
    const { far, passes } = call();
    const sent: number[] = [];
    const { audio } = far.queue;
    far.queue.audio = (bytes) => {
      sent.push(bytes.length);
      audio.call(far.queue, bytes);
    };
    far.stream.write(AudioFrame.fromBytes(new Uint8Array(90_000).fill(1)), 'long');
    await passes(10);
    expect(sent).toEqual([32_000, 32_000, 25_600]);
    expect(sent.every((bytes) => bytes % FRAME_BYTES === 0)).toBe(true);
  });

  it('fills a small part of the queue of the channel', async () => {
    const { far, stream, passes } = call();
    stream.write('monologue', 60_000);
    await passes(3_000);
    expect(far.queue.length).toBeLessThan(310);
    expect(far.stream.counters.stoppedSending).toBe(0);
    await passes(60_000);
    expect(stream.heardOf('monologue')).toMatchObject({ heardMs: 60_000, isComplete: true });
  });

  it('stops when the channel says so, and goes on when it has room', async () => {
    const { far, stream, passes } = call({ aheadMs: 18_500 });
    for (let second = 0; second < 40; second += 1) {
      stream.write('monologue', 1_000);
      await passes(20);
    }
    expect(far.stream.counters.stoppedSending).toBe(1);
    expect(far.queue.length).toBeLessThan(1_000);
    await passes(45_000);
    expect(far.queue.framesDropped).toBe(0);
    expect(stream.heardOf('monologue')).toMatchObject({ heardMs: 40_000, isComplete: true });
  });

  it('that is flushed has no marks any more: a mark behind the flush tells that it is silent', async () => {
    const { far, stream, passes } = call();
    stream.write('long', 3_000);
    await passes(500);
    stream.clear();
    await passes(10);
    expect(far.queue.length).toBe(0);
    await passes(40);
    expect(stream.silences).toHaveLength(1);
    stream.write('next', 405);
    await passes(1_000);
    expect(stream.heardOf('next')).toEqual({ soundId: 'next', heardMs: 405, isComplete: true });
    expect(far.queue.bytesDropped).toBe(0);
  });

  it('of a sound whose end still waits is returned with what was heard of it', async () => {
    const { far, stream, passes } = call();
    stream.write('half', 130);
    far.tells(event('MEDIA_XOFF'));
    await passes(300);
    expect(stream.heardOf('half')).toEqual({ soundId: 'half', heardMs: 120, isComplete: false });
    expect(stream.clear()).toEqual([{ soundId: 'half', heardMs: 120, isComplete: false }]);
    stream.expectNothingBroken();
  });
});

describe('a WebSocket channel', () => {
  it('may send no audio for as long as it answers: a held line', async () => {
    const { far, stream, passes } = call();
    far.isOnHold = true;
    await passes(120_000);
    expect(stream.closed).toEqual([]);
    far.freezes();
    await passes(8_000);
    expect(stream.closed).toEqual(['media-timeout']);
    expect(far.stream.counters.silentLines).toBe(1);
  });

  it('is told to hang up when we close', async () => {
    const { far, passes } = call();
    far.stream.close();
    await passes(20);
    expect(far.queue.isHungUp).toBe(true);
  });

  it('cannot claim more than was sent, nor end a sound that was cleared', async () => {
    const { far, stream, passes } = call();
    stream.write('hello', 1_000);
    await passes(100);
    for (const mark of ['0.99999999', '1.32000', '-1.5', '0.-640', 'silence.0', 'silence.1', '', '0.NaN'])
      far.tells(event('MEDIA_MARK_PROCESSED', { correlation_id: mark }));
    await passes(100);
    stream.checkHeardSoFar();
    expect(stream.silences).toEqual([]);
    stream.expectNothingBroken();
  });

  it('that sends audio in pieces nobody can use is counted', async () => {
    const { far, stream, passes } = call();
    for (const bytes of [new Uint8Array(641), new Uint8Array(0), new Uint8Array(60_000)]) far.speaks(bytes);
    await passes(20);
    expect(far.stream.counters.badMessages).toBe(3);
    expect(stream.frames).toEqual([]);
    expect(stream.closed).toEqual([]);
  });

  it('that reports errors and events we do not know is counted, and the call goes on', async () => {
    const { far, stream, passes } = call();
    for (let error = 0; error < 80; error += 1) far.tells(event('ERROR', { error_text: 'No.' }));
    for (let news = 0; news < 80; news += 1) far.tells(event('NEW_THING'));
    await passes(20);
    expect(far.stream.counters).toMatchObject({ peerErrors: 80, unknownMessages: 80, badMessages: 0 });
    expect(stream.closed).toEqual([]);
  });

  it('whose messages break a listener is closed, and the fault is told', async () => {
    const far = new ChanWebSocketFarSide();
    const reasons: string[] = [];
    const ignore = () => undefined;
    far.stream.attach({
      onAudio: ignore,
      onHeard: ignore,
      onSilent: ignore,
      onClosed: (reason) => reasons.push(reason),
      onDigit: () => {
        throw new TypeError('Broken.');
      },
    });
    far.presses('1');
    await far.clock.pass(50);
    expect(reasons).toEqual(['connection-lost']);
    expect(far.errors).toHaveLength(1);
  });
});
