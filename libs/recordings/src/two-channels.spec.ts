import { describe, expect, it } from '@jest/globals';
import { bytesPerMs, PCM16_16K, PCMA_8K, PCMU_8K } from '@tandem/contracts';
import { AudioFrame } from '@tandem/conversation';
import { TwoChannels } from './two-channels.ts';

const ms = (count: number, code: number) => AudioFrame.fromBytes(new Uint8Array(count * 8).fill(code));
const AGENT = 0x20;
const CALLER = 0x55;

function recording() {
  const pieces: Buffer[] = [];
  const channels = new TwoChannels(PCMU_8K, (sound) => pieces.push(sound), 8_000 * 60);
  const passes = (count: number, isKept = true) => {
    for (let passed = 0; passed < count; passed += 20) channels.addCallerFrame(ms(20, CALLER), isKept);
  };
  const ended = () => {
    channels.flush();
    const sound = Buffer.concat(pieces);
    return { caller: lane(sound, 0), agent: lane(sound, 1) };
  };
  return { channels, passes, ended };
}

/** Returns one channel as runs of code and ms. */
function lane(sound: Buffer, channel: number): string {
  const runs: [number, number][] = [];
  for (let at = channel; at < sound.length; at += 2) {
    const last = runs.at(-1);
    if (last && last[0] === sound[at]) last[1] += 1;
    else runs.push([sound[at] as number, 1]);
  }
  const names: Record<number, string> = { [AGENT]: 'agent', [CALLER]: 'caller', 0xff: 'silence' };
  return runs.map(([code, samples]) => `${names[code] ?? code} ${samples / 8}`).join(', ');
}

describe('two channels on one clock', () => {
  it('have the agent’s audio where it is played, however far ahead it was written', () => {
    const { channels, passes, ended } = recording();
    passes(100);
    channels.addAgentAudio(ms(300, AGENT), 'a');
    channels.addAgentAudio(ms(200, AGENT), 'b');
    passes(1_000);
    expect(ended()).toEqual({ caller: 'caller 1100', agent: 'silence 100, agent 500, silence 500' });
  });

  it('keep what was heard of an interrupted sound, and nothing of the sounds behind it', () => {
    const { channels, passes, ended } = recording();
    channels.addAgentAudio(ms(4_000, AGENT), 'a');
    channels.addAgentAudio(ms(2_000, AGENT), 'b');
    passes(1_000);
    channels.truncate([
      { soundId: 'a', heardMs: 880 },
      { soundId: 'b', heardMs: 0 },
    ]);
    passes(500);
    expect(ended().agent).toBe('agent 880, silence 620');
  });

  it('take out what was placed but not heard, even when the sound is past', () => {
    const { channels, passes, ended } = recording();
    channels.addAgentAudio(ms(500, AGENT), 'a');
    passes(600);
    channels.truncate([{ soundId: 'a', heardMs: 460 }]);
    expect(ended().agent).toBe('agent 460, silence 140');
  });

  it('count a sound in several pieces as one', () => {
    const { channels, passes, ended } = recording();
    channels.addAgentAudio(ms(200, AGENT), 'a');
    passes(300);
    channels.addAgentAudio(ms(400, AGENT), 'a');
    passes(300);
    channels.truncate([{ soundId: 'a', heardMs: 400 }]);
    expect(ended().agent).toBe('agent 200, silence 100, agent 200, silence 100');
  });

  it('are silent during a pause, and continue in real time after it', () => {
    const { channels, passes, ended } = recording();
    channels.addAgentAudio(ms(600, AGENT), 'a');
    passes(200);
    passes(300, false);
    passes(200);
    expect(ended()).toEqual({
      caller: 'caller 200, silence 300, caller 200',
      agent: 'agent 200, silence 300, agent 100, silence 100',
    });
  });

  it('are emitted during a long call, once they can no longer change', () => {
    const { channels, passes, ended } = recording();
    for (let second = 0; second < 60; second += 1) {
      channels.addAgentAudio(ms(500, AGENT), `s${second}`);
      passes(1_000);
    }
    const { caller, agent } = ended();
    expect(caller).toBe('caller 60000');
    expect(agent.split(', ')).toHaveLength(120);
  });

  it('drop agent audio beyond the bound of the queue', () => {
    const { channels } = recording();
    for (let minute = 0; minute < 3; minute += 1) channels.addAgentAudio(ms(30_000, AGENT), `m${minute}`);
    expect(channels.droppedBytes).toBe(8_000 * 30);
  });

  it.each([PCMA_8K, PCM16_16K])('have the samples of the format: $encoding, $rateHz Hz', (format) => {
    const sampleBytes = format.encoding === 'pcm16' ? 2 : 1;
    const frame = (count: number, first: number) =>
      AudioFrame.fromBytes(
        Uint8Array.from({ length: count * bytesPerMs(format) }, (_, at) => first + (at % sampleBytes)),
      );
    const pieces: Buffer[] = [];
    const channels = new TwoChannels(format, (sound) => pieces.push(sound), 60_000 * bytesPerMs(format));
    channels.addAgentAudio(frame(4_000, AGENT), 'a');
    for (let passed = 0; passed < 3_000; passed += 20) channels.addCallerFrame(frame(20, CALLER), true);
    channels.truncate([{ soundId: 'a', heardMs: 2_500.3 }]);
    channels.flush();
    const sound = Buffer.concat(pieces);
    const samples = 3_000 * (format.rateHz / 1000);
    expect(sound.length).toBe(2 * samples * sampleBytes);
    const heard = Math.floor(2_500.3 * (format.rateHz / 1000));
    const silence = format.encoding === 'pcma' ? 0xd5 : 0;
    for (let sample = 0; sample < samples; sample += 1)
      for (let byte = 0; byte < sampleBytes; byte += 1) {
        const at = 2 * sample * sampleBytes + byte;
        const agent = sample < heard ? AGENT + byte : silence;
        if (sound[at] !== CALLER + byte || sound[at + sampleBytes] !== agent)
          throw new RangeError(`sample ${sample} is wrong`);
      }
  });

  it('stay in step when a frame ends inside a sample', () => {
    const pieces: Buffer[] = [];
    const channels = new TwoChannels(PCM16_16K, (sound) => pieces.push(sound), 1_000);
    channels.addCallerFrame(AudioFrame.fromBytes(Uint8Array.of(1, 2, 3)), true);
    channels.addCallerFrame(AudioFrame.fromBytes(Uint8Array.of(4, 5)), true);
    channels.flush();
    expect([...Buffer.concat(pieces)]).toEqual([1, 2, 0, 0, 4, 5, 0, 0]);
  });
});
