import { describe, expect, it } from '@jest/globals';
import { PCM16_16K, PCM16_24K, PCMU_8K, ProviderError } from '@tandem/contracts';
import { modelInFormat } from '@tandem/conversation';
import { CallScene, ScriptedVoiceModel } from '@tandem/conversation/testing';
import { resilientModel } from './resilient-model.ts';

/** A 16 kHz call over two models that share no format with it or with each other. */
function startCall() {
  const first = new ScriptedVoiceModel('first', { formats: [PCM16_24K] });
  const second = new ScriptedVoiceModel('second', { formats: [PCMU_8K] });
  const call = new CallScene({
    streamFormat: PCM16_16K,
    model: (_scripted, clock) =>
      resilientModel({
        targets: [{ model: modelInFormat(first, PCM16_16K) }, { model: modelInFormat(second, PCM16_16K) }],
        clock,
      }),
  });
  return { call, first, second };
}

const quota = new ProviderError('It failed.', { provider: 'first', code: 'quota', category: 'quota' });

describe('models that need different conversions', () => {
  it('take over from one another, with what the caller had said', async () => {
    const { call, first, second } = startCall();
    await call.passes(1);
    const [own] = first.sessions;
    own?.says('Good morning.', { durationMs: 1_000 });
    await call.passes(1_100);
    own?.hearsCallerStart();
    await call.callerSounds(900);
    own?.gone(quota);
    await call.passes(100);
    const [fallback] = second.sessions;
    expect(own?.setup.inputFormat).toBe(PCM16_24K);
    expect(fallback?.setup.inputFormat).toBe(PCMU_8K);
    expect(own?.audioMs).toBe(900);
    expect(fallback?.audioMs).toBe(900);
    fallback?.says('Sorry, go on.', { durationMs: 700 });
    await call.passes(1_000);
    expect([...call.stream.sounds.values()].map(({ writtenMs }) => writtenMs)).toEqual([1_000, 700]);
  });

  it('are not told to truncate what the other one said', async () => {
    const { call, first, second } = startCall();
    await call.passes(1);
    const [own] = first.sessions;
    own?.begins('We can come on Tuesday.', { durationMs: 4_000 });
    await call.passes(500);
    own?.gone(quota);
    await call.passes(10);
    second.sessions[0]?.hearsCallerStart();
    await call.passes(1_000);
    expect(second.sessions[0]?.truncated.size).toBe(0);
  });
});
