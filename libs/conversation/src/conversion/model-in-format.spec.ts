import { describe, expect, it } from '@jest/globals';
import { PCM16_16K, PCM16_24K, PCM16_8K, PCMA_8K, PCMU_8K, type AudioFormat } from '@tandem/contracts';
import { MemoryPhraseCache, ScriptedVoiceModel, startCall, type CallSetting } from '../testing/index.ts';
import { describeConversion, modelInFormat } from './model-in-format.ts';

const MODELS: Readonly<Record<string, readonly AudioFormat[]>> = {
  'µ-law only': [PCMU_8K],
  'G.711 and linear 24 kHz': [PCMU_8K, PCMA_8K, PCM16_24K],
};
const PAIRS = [PCMU_8K, PCMA_8K, PCM16_8K, PCM16_16K].flatMap((stream) =>
  Object.entries(MODELS).map(([model, formats]) => ({
    name: `${stream.encoding} ${stream.rateHz} Hz with ${model}`,
    stream,
    formats,
  })),
);

function converted(stream: AudioFormat, formats: readonly AudioFormat[], setting: CallSetting = {}) {
  return startCall({
    ...setting,
    streamFormat: stream,
    modelFormats: formats,
    model: (scripted) => modelInFormat(scripted, stream),
  });
}

describe.each(PAIRS)('a call, $name', ({ stream, formats }) => {
  it('goes back and forth, every item heard to its end and no longer than it was spoken', async () => {
    const call = converted(stream, formats);
    await call.passes(1);
    await call.agentSays('Good morning, Northwind.', 1_210);
    await call.callerSays('I need a plumber.');
    await call.agentSays('Of course. Which day suits you?', 1_555);
    expect(call.log.transcript()).toEqual([
      'agent: Good morning, Northwind.',
      'caller: I need a plumber.',
      'agent: Of course. Which day suits you?',
    ]);
    const spoken = call.log.of('agent.spoke').map((said) => [said.generatedMs, said.heardMs]);
    expect(spoken).toEqual([
      [1_210, 1_210],
      [1_555, 1_555],
    ]);
    expect([...call.stream.sounds.values()].map(({ writtenMs }) => writtenMs)).toEqual([1_210, 1_555]);
  });

  it('truncates an item at what was heard, in ms of the model', async () => {
    const call = converted(stream, formats);
    await call.passes(1);
    await call.agentSays('Good morning.');
    const item = call.model.begins('We can come on Tuesday or on Wednesday.', { durationMs: 4_000 });
    await call.passes(1_337);
    call.model.hearsCallerStart();
    await call.passes(1_000);
    expect(call.model.truncated.get(item)).toBe(1_337);
  });

  it('lets the model hear the caller for as long as they spoke', async () => {
    const call = converted(stream, formats);
    await call.passes(1);
    for (let frame = 0; frame < 50; frame += 1) call.stream.speak(20);
    expect(call.model.audioMs).toBe(1_000);
    call.stream.leave('caller-hangup');
    await call.passes(5_000);
    expect(call.model.audioMs).toBeLessThan(1_004);
  });

  it('plays a phrase from the cache as the model once said it', async () => {
    const phrases = new MemoryPhraseCache();
    const first = converted(stream, formats, { phrases });
    await first.passes(1);
    await first.agentSays('Good morning, Northwind.', 1_210);
    const second = converted(stream, formats, { phrases, isModelSlow: true });
    await second.passes(1_300);
    expect([...second.stream.sounds.values()]).toEqual([{ writtenMs: 1_210, heardMs: 1_210 }]);
  });

  it('caches a phrase of twenty seconds', async () => {
    const phrases = new MemoryPhraseCache();
    const call = converted(stream, formats, { phrases });
    await call.passes(1);
    await call.agentSays('Good morning, Northwind.', 20_000);
    const next = converted(stream, formats, { phrases, isModelSlow: true });
    expect(next.stream.heldMs).toBe(20_000);
  });
});

describe('a model in the format of a stream', () => {
  const realtime = new ScriptedVoiceModel('realtime', { formats: [PCMU_8K, PCMA_8K, PCM16_24K] });

  it('is the model itself where it offers the format', () => {
    for (const format of [PCMU_8K, PCMA_8K, PCM16_24K]) {
      expect(modelInFormat(realtime, format)).toBe(realtime);
      expect(describeConversion(realtime, format)).toBeNull();
    }
  });

  it('converts in one direction only where the model offers it in the other', () => {
    const halved = new ScriptedVoiceModel();
    Object.assign(halved.capabilities, { inputFormats: [PCM16_16K], outputFormats: [PCMU_8K] });
    halved.isReadyAtOnce = false;
    const opened = modelInFormat(halved, PCM16_16K).open({} as never, {} as never);
    expect(opened).toBe(halved.sessions[0]);
    expect(describeConversion(halved, PCM16_16K)).toBe(
      'format conversion for scripted, to pcm16 16000 Hz, from pcmu 8000 Hz',
    );
  });

  it('keeps its name and its time limit', () => {
    const limited = new ScriptedVoiceModel('limited', { maxSessionMs: 60_000 });
    const { provider, capabilities } = modelInFormat(limited, PCM16_16K);
    expect(provider).toBe('limited');
    expect(capabilities).toEqual({
      inputFormats: [PCM16_16K],
      outputFormats: [PCM16_16K],
      maxSessionMs: 60_000,
      runsTools: false,
    });
  });

  it('is the model itself where it offers no format at all', () => {
    const mute = new ScriptedVoiceModel('mute', { formats: [] });
    expect(modelInFormat(mute, PCM16_8K)).toBe(mute);
  });
});
