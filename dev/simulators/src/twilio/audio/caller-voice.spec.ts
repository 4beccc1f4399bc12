import { describe, expect, it } from '@jest/globals';
import { MULAW_SILENCE, mulawTone } from '@tandem/kit';
import { CallerVoice, prepareSpeech } from './caller-voice.ts';

function speaker() {
  const events: string[] = [];
  const voice = new CallerVoice({
    onCallerStarted: (_, nowMs) => events.push(`started ${nowMs}`),
    onCallerStopped: (_, nowMs) => events.push(`stopped ${nowMs}`),
  });
  return {
    events,
    voice,
    say: (audio: Uint8Array) =>
      voice.say({
        speech: prepareSpeech(audio, 150),
        text: null,
        onFinished: (wasSaid) => events.push(`finished ${wasSaid}`),
      }),
    run: (ticks: number) => {
      for (let i = 0; i < ticks; i += 1) voice.advance(i * 20);
    },
  };
}

describe("the caller's voice", () => {
  it('cuts speech into frames of 160 bytes and fills the last one with silence', () => {
    const { frames, base64 } = prepareSpeech(mulawTone(400, 25), 150);
    expect(frames.map((frame) => frame.length)).toEqual([160, 160]);
    expect(frames[1]!.subarray(40).every((byte) => byte === MULAW_SILENCE)).toBe(true);
    expect(Buffer.from(base64[0]!, 'base64')).toEqual(Buffer.from(frames[0]!));
  });

  it('prepares the same audio once', () => {
    const audio = mulawTone(400, 40);
    expect(prepareSpeech(audio, 150)).toBe(prepareSpeech(audio, 150));
  });

  it('says one frame a tick and is silent before and after', () => {
    const { voice, say } = speaker();
    voice.advance(0);
    expect(voice.frame).toBeNull();
    say(mulawTone(400, 40));
    voice.advance(20);
    expect(voice.frame).not.toBeNull();
    voice.advance(40);
    voice.advance(60);
    expect([voice.frame, voice.frameBase64]).toEqual([null, null]);
  });

  it('dates its speech by sound, not by the silence around it', () => {
    const { events, say, run } = speaker();
    const quiet = new Uint8Array(320).fill(MULAW_SILENCE);
    say(Uint8Array.of(...quiet, ...mulawTone(400, 60), ...quiet));
    run(10);
    expect(events).toEqual(['started 40', 'stopped 100', 'finished true']);
  });

  it('says one utterance after the other, and reports the end of sound up to the last frame', () => {
    const { events, say, run } = speaker();
    say(mulawTone(400, 20));
    say(mulawTone(500, 20));
    run(4);
    expect(events).toEqual([
      'started 0',
      'stopped 20',
      'finished true',
      'started 20',
      'stopped 40',
      'finished true',
    ]);
  });

  it('rejects the words that will never be said', () => {
    const { events, say, voice } = speaker();
    say(mulawTone(400, 200));
    voice.advance(0);
    voice.drop();
    expect(events).toEqual(['started 0', 'finished false']);
  });
});
