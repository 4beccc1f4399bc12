import { describe, expect, it } from '@jest/globals';
import { ScriptedVoiceModel, startCall } from '../testing/index.ts';

const agent = { idle: { afterMs: 8_000, maxPrompts: 2 }, greeting: 'Hello.' };

describe('a caller who says nothing', () => {
  it('is asked twice whether they are there, then the call ends politely', async () => {
    const call = startCall({ agent });
    await call.passes(1);
    await call.agentSays('Hello.', 500);
    await call.passes(7_900);
    expect(call.model.asked.at(-1)).toBe('say: Hello.');
    await call.passes(100);
    expect(call.model.asked.at(-1)).toBe('say: Are you still there?');
    await call.agentSays('Are you still there?', 800);
    await call.passes(8_000);
    await call.agentSays('Are you still there?', 800);
    await call.passes(8_000);
    expect(call.model.asked.at(-1)).toContain('say: I cannot hear you');
    await call.agentSays('I cannot hear you, so I will end the call now. Goodbye.', 2_000);
    await call.passes(2_000);
    expect(call.termination).toEqual({ class: 'caller', reason: 'caller-silent' });
    expect(call.log.of('idle.prompted').map(({ count }) => count)).toEqual([1, 2]);
  });

  it('begins anew with a word or a key', async () => {
    const call = startCall({ agent });
    await call.passes(1);
    await call.agentSays('Hello.', 500);
    await call.passes(8_000);
    await call.agentSays('Are you still there?', 500);
    await call.callerSays('Yes, one moment.');
    await call.agentSays('Take your time.', 500);
    await call.passes(8_000);
    await call.agentSays('Are you still there?', 500);
    call.stream.press('1');
    await call.passes(1_600);
    await call.agentSays('Thank you.', 500);
    await call.passes(8_000);
    expect(call.log.of('idle.prompted').map(({ count }) => count)).toEqual([1, 1, 1]);
    expect(call.termination).toBeNull();
  });

  it('is left alone where the agent is patient for ever', async () => {
    const call = startCall({ agent: { ...agent, idle: { afterMs: 0 } } });
    await call.agentSays('Hello.', 500);
    await call.passes(120_000);
    expect(call.log.of('idle.prompted')).toEqual([]);
  });
});

describe('a pause', () => {
  it('is told to the model session, which may have to do something to itself', async () => {
    const call = startCall({ agent });
    await call.passes(1);
    expect(call.model.pauses).toBe(0);
    await call.agentSays('Hello.', 500);
    expect(call.model.pauses).toBeGreaterThan(0);
  });
});

describe('a call with a budget', () => {
  const usage = { inputTextTokens: 0, inputAudioTokens: 0, cachedTextTokens: 0, cachedAudioTokens: 0, outputTextTokens: 0, outputAudioTokens: 1_000, transcriptionMs: 0 };

  it('is warned, then brought to an end with a goodbye when it is used up', async () => {
    const priced = new ScriptedVoiceModel('openai-realtime');
    const call = startCall({ model: () => priced, agent: { idle: { afterMs: 0 }, greeting: 'Hello.', limits: { budgetUsd: 0.12, budgetWarnShare: 0.5, wrapUpMs: 8_000 } } });
    await call.passes(1);
    const [model] = priced.sessions;
    model!.bills('gpt-realtime-2.1', usage); // 0.064 USD
    expect(model!.notes).toEqual([expect.stringContaining('most of what it may cost')]);
    model!.bills('gpt-realtime-2.1', usage);
    expect(model!.asked.at(-1)).toContain('say: I am sorry, our time is up.');
    await call.passes(9_000);
    expect(call.termination).toEqual({ class: 'platform', reason: 'budget-reached' });
    expect(call.log.of('budget.reached').map(({ scope, share }) => `${scope} ${share}`)).toEqual(['call 0.5', 'call 1']);
  });
});
