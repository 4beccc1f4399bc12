import { describe, expect, it } from '@jest/globals';
import { AudioFrame, type StreamClosedReason } from '@tandem/conversation';
import { FRAME_KIND } from './audiosocket-frames.ts';
import { AudioSocketFarSide, frameOf } from './testing/audiosocket-far-side.ts';

function attached(...options: ConstructorParameters<typeof AudioSocketFarSide>) {
  const far = new AudioSocketFarSide(...options);
  const said: string[] = [];
  const closed: StreamClosedReason[] = [];
  let isSilentAt: number | null = null;
  far.stream.attach({
    onAudio: (frame) => void said.push(`audio ${frame.byteLength}`),
    onDigit: (digit) => void said.push(`digit ${digit}`),
    onHeard: () => undefined,
    onSilent: () => (isSilentAt = far.clock.now()),
    onClosed: (reason) => void closed.push(reason),
  });
  const write = (ms: number, value: number, soundId = `sound ${value}`) =>
    far.stream.write(AudioFrame.fromBytes(new Uint8Array((ms * far.rateHz * 2) / 1000).fill(value)), soundId);
  return { far, said, closed, write, silentAt: () => isSilentAt };
}
const isSilence = (frame: Buffer): boolean => frame.every((byte) => byte === 0);

describe('an AudioSocket stream', () => {
  it('writes silence from its first tick on: two sides that wait for each other stay silent', async () => {
    const { far } = attached();
    await far.clock.pass(200);
    expect(far.heard).toHaveLength(10);
    expect(far.heard.every((frame) => frame.length === 320 && isSilence(frame))).toBe(true);
  });

  it('sends nothing but audio of its rate, one frame in 20 ms', async () => {
    const { far, write } = attached({}, 16_000);
    write(1_010, 7);
    await far.clock.pass(3_000);
    expect(far.isOffended).toBe(false);
    expect(far.heard.every((frame) => frame.length === 640)).toBe(true);
    expect(far.arrivals.slice(1).every((at, index) => at - (far.arrivals[index] as number) === 20)).toBe(
      true,
    );
    expect(far.heardMs(7)).toBe(1_010);
  });

  it('goes on with the next sound in the same frame', async () => {
    const { far, write } = attached();
    write(30, 1);
    write(30, 2);
    await far.clock.pass(60);
    expect(far.heard.map((frame) => [frame[0], frame[319]])).toEqual([
      [1, 1],
      [1, 2],
      [2, 2],
    ]);
  });

  it('is silent with the next frame after a clear, faded out where that is asked for', async () => {
    const { far, write } = attached();
    write(1_000, 0x20);
    await far.clock.pass(40);
    far.stream.clear(10);
    await far.clock.pass(60);
    const samples = (frame: Buffer) => Array.from({ length: 160 }, (_, at) => frame.readInt16LE(2 * at));
    const [, second, fading, after] = far.heard as [Buffer, Buffer, Buffer, Buffer];
    expect(samples(second).every((sample) => sample === 0x2020)).toBe(true);
    const faded = samples(fading);
    expect(faded.slice(0, 80).every((sample, at) => at === 0 || sample <= (faded[at - 1] as number))).toBe(
      true,
    );
    expect(faded[79]).toBe(0);
    expect(faded.slice(80).every((sample) => sample === 0)).toBe(true);
    expect(isSilence(after)).toBe(true);
  });

  it('reports silence after a clear once what was written has been heard', async () => {
    const { far, write, silentAt } = attached();
    write(1_000, 1);
    await far.clock.pass(100);
    far.stream.clear();
    expect(silentAt()).toBeNull();
    await far.clock.pass(60);
    expect(silentAt()).toBeNull();
    await far.clock.pass(60);
    expect(silentAt()).not.toBeNull();
  });

  it('passes on the keys of a telephone, and counts anything else', async () => {
    const { far, said } = attached();
    for (const digit of ['0', '*', 'D', 'x', '\n', '\0']) far.presses(digit);
    await far.clock.pass(1);
    expect(said.filter((line) => line.startsWith('digit'))).toEqual(['digit 0', 'digit *', 'digit D']);
    expect(far.stream.counters.badMessages).toBe(3);
  });

  it('counts audio of another rate, and ends when nothing else comes', async () => {
    const { far, said, closed } = attached();
    far.freezes();
    for (let frame = 0; frame < 49; frame += 1) far.tells(frameOf(0x12, new Uint8Array(640)));
    await far.clock.pass(1);
    expect([said, closed, far.stream.counters.otherRate]).toEqual([['audio 320'], [], 49]);
    far.tells(frameOf(0x12, new Uint8Array(640)));
    await far.clock.pass(1);
    expect(closed).toEqual(['media-errors']);
  });

  it('counts errors of the PBX, and frames that only a relay sends or only the first may be', async () => {
    const { far, closed } = attached();
    far.tells(frameOf(FRAME_KIND.error, Uint8Array.of(4)));
    far.tells(frameOf(FRAME_KIND.hangUp, new Uint8Array(0)));
    far.tells(frameOf(FRAME_KIND.id, new Uint8Array(16)));
    await far.clock.pass(1);
    expect(far.stream.counters).toMatchObject({ peerErrors: 1, outOfOrder: 2 });
    expect(closed).toEqual([]);
  });

  it('holds frames back while the network does not take them, and loses none of a sound', async () => {
    const { far, write } = attached({}, 8_000, { maxUnsentBytes: 1_000, mediaTimeoutMs: 60_000 });
    far.freezes();
    write(2_000, 5);
    await far.clock.pass(2_000);
    expect(far.heldBytes()).toBeLessThanOrEqual(2_000 * 16 + 4 * 3);
    expect(far.stream.counters.heldBackFrames).toBeGreaterThan(90);
    expect(far.stream.counters.droppedOutBytes).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const { far } = attached();
    far.stream.close();
    await far.clock.pass(20);
    expect(far.clock.pendingTimers).toBe(0);
  });

  it('does not begin at a rate that AudioSocket does not have', () => {
    expect(() => new AudioSocketFarSide({}, 11_025)).toThrow('11025 Hz');
  });
});
