import { describe, expect, it } from '@jest/globals';
import { ManualClock, mulawTone } from '@tandem/kit';
import { WaitError } from '../../talk/talk.ts';
import { DEFAULT_EAR } from '../../twilio/audio/agent-ear.ts';
import { Ticker } from '../../twilio/audio/ticker.ts';
import type { AudioSocketLeg } from '../audiosocket/audiosocket-leg.ts';
import { codecByName } from '../audiosocket/codecs.ts';
import { CallJournal } from '../call/call-journal.ts';
import { prepareSpeech } from './caller-voice.ts';
import { Line } from './line.ts';
import { linearLevel } from './linear-level.ts';

const SLIN16 = codecByName('slin16')!;

function setup(options: { sendsAudio?: boolean } = {}) {
  const clock = new ManualClock();
  const journal = new CallJournal(clock);
  const line = new Line({
    journal,
    ticker: new Ticker(clock, { slots: 1 }),
    ear: DEFAULT_EAR,
    sendsAudio: options.sendsAudio ?? true,
    isRecording: true,
    maxRecordingMs: 10_000,
  });
  const sent: Buffer[] = [];
  const leg = {
    codec: SLIN16,
    ear: null,
    sendVoice: (frame: Buffer) => sent.push(frame),
  } as unknown as AudioSocketLeg;
  line.open();
  line.connect(leg);
  const loud = Buffer.alloc(640);
  for (let at = 0; at < 640; at += 2) loud.writeInt16LE(at % 4 === 0 ? 5_000 : -5_000, at);
  return { clock, journal, line, sent, leg, loud };
}

const kinds = (journal: CallJournal) => journal.entries.map(({ kind, atMs }) => `${kind} ${atMs}`);

describe('a phone', () => {
  it('sends one frame every 20 ms, silence in between speech', () => {
    const { clock, line, sent } = setup();
    clock.advance(100);
    expect(sent).toHaveLength(5);
    expect(sent.every((frame) => frame.length === 643 && frame[0] === 0x12)).toBe(true);
    void line.say(mulawTone(440, 60), 'Hi.');
    clock.advance(100);
    expect(sent.map((frame) => (linearLevel(frame.subarray(3)) > 1_000 ? 1 : 0))).toEqual([
      0, 0, 0, 0, 0, 1, 1, 1, 0, 0,
    ]);
  });

  it('tells when its caller begins and stops to speak', () => {
    const { clock, line, journal } = setup();
    void line.say(mulawTone(440, 60), 'Hi.');
    clock.advance(200);
    expect(kinds(journal)).toEqual(['caller-started 20', 'caller-stopped 80']);
  });

  it('sends nothing on hold', () => {
    const { clock, sent } = setup({ sendsAudio: false });
    clock.advance(200);
    expect(sent).toEqual([]);
  });

  it('hears the agent as the frames come, and conceals a gap of 60 ms', () => {
    const { clock, line, journal, loud } = setup();
    const pattern = [1, 1, 0, 1, 2, 1, 0, 0, 0, 1, 1];
    for (const frames of pattern) {
      for (let frame = 0; frame < frames; frame += 1) line.hear(loud, SLIN16);
      clock.advance(20);
    }
    clock.advance(1_000);
    const [started, stopped, ...more] = kinds(journal);
    expect(started).toMatch(/^agent-started/);
    expect(stopped).toMatch(/^agent-stopped/);
    expect(more).toEqual([]);
    expect(line.timing().firstAudioMs).toBe(20);
  });

  it('pairs answers and interruptions', () => {
    const { clock, line, loud } = setup();
    void line.say(mulawTone(440, 100), 'Question?');
    clock.advance(300);
    for (let frame = 0; frame < 30; frame += 1) {
      if (frame === 20) void line.say(mulawTone(440, 200), 'Wait!');
      line.hear(loud, SLIN16);
      clock.advance(20);
    }
    clock.advance(1_000);
    const { responses, interruptions } = line.timing();
    expect(responses).toHaveLength(1);
    expect(responses[0]!.responseMs).toBe(200);
    expect(interruptions).toHaveLength(1);
  });

  it('waits for speech and for silence, no longer than it is told', async () => {
    const { clock, line, loud } = setup();
    const spoken = line.waitForSpeech(0, 1_000);
    const silent = line.waitForSilence(500, 5_000);
    const never = line.waitForSpeech(0, 100_000);
    for (let frame = 0; frame < 5; frame += 1) {
      line.hear(loud, SLIN16);
      clock.advance(20);
    }
    expect(await spoken).toBe(20);
    clock.advance(2_000);
    expect(await silent).toBeGreaterThan(0);
    await never;
    const late = line.waitForSpeech(0, 100);
    clock.advance(200);
    await expect(late).rejects.toThrow(WaitError);
    const cut = line.waitForSpeech(0, 100);
    line.close('hung up');
    await expect(cut).rejects.toThrow('ended');
    expect(await line.say(mulawTone(440, 20), null)).toBe(false);
  });

  it('records both sides', () => {
    const { clock, line, loud } = setup();
    line.hear(loud, SLIN16);
    clock.advance(100);
    const recording = line.recording()!;
    expect(recording.rateHz).toBe(16_000);
    expect(recording.caller).toHaveLength(5);
    expect(recording.agent).toMatchObject([{ atMs: 0 }]);
  });

  it('speaks at the rate of the codec', () => {
    const speech = mulawTone(440, 100);
    for (const [name, bytes] of [
      ['slin', 320],
      ['slin16', 640],
      ['slin24', 960],
    ] as const) {
      const { frames, firstAudible, lastAudible } = prepareSpeech(speech, codecByName(name)!, 150);
      expect(frames.map(({ length }) => length)).toEqual(Array(5).fill(bytes + 3));
      expect([firstAudible, lastAudible]).toEqual([0, 4]);
    }
    expect(prepareSpeech(speech, SLIN16, 150)).toBe(prepareSpeech(speech, SLIN16, 150));
  });
});
