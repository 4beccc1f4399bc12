import { describe, expect, it } from '@jest/globals';
import { DEFAULT_MODEL_KIND, defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { ScriptedVoiceModel, startCall, type CallScene } from '../../testing/index.ts';

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

  it('is asked anew after a word or a key', async () => {
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

  it('is never asked by an agent without idle settings', async () => {
    const call = startCall({ agent: { ...agent, idle: { afterMs: 0 } } });
    await call.agentSays('Hello.', 500);
    await call.passes(120_000);
    expect(call.log.of('idle.prompted')).toEqual([]);
  });
});

describe('a pause', () => {
  it('is reported to the model session, which may renew itself', async () => {
    const call = startCall({ agent });
    await call.passes(1);
    expect(call.model.pauses).toBe(0);
    await call.agentSays('Hello.', 500);
    expect(call.model.pauses).toBeGreaterThan(0);
  });
});

describe('a call with a budget', () => {
  const usage = {
    inputTextTokens: 0,
    inputAudioTokens: 0,
    cachedTextTokens: 0,
    cachedAudioTokens: 0,
    outputTextTokens: 0,
    outputAudioTokens: 1_000,
    transcriptionMs: 0,
  };

  it('is warned, then ended with a goodbye when the budget is used up', async () => {
    const priced = new ScriptedVoiceModel(DEFAULT_MODEL_KIND);
    const call = startCall({
      model: () => priced,
      agent: {
        idle: { afterMs: 0 },
        greeting: 'Hello.',
        limits: { budgetUsd: 0.12, budgetWarnShare: 0.5, wrapUpMs: 8_000 },
      },
    });
    await call.passes(1);
    const [model] = priced.sessions;
    model!.bills('gpt-realtime-2.1', usage); // 0.064 USD
    expect(model!.notes).toEqual([expect.stringContaining('most of what it may cost')]);
    model!.bills('gpt-realtime-2.1', usage);
    expect(model!.asked.at(-1)).toContain('say: I am sorry, our time is up.');
    await call.passes(9_000);
    expect(call.termination).toEqual({ class: 'platform', reason: 'budget-reached' });
    expect(call.log.of('budget.reached').map(({ scope, share }) => `${scope} ${share}`)).toEqual([
      'call 0.5',
      'call 1',
    ]);
  });
});

describe('sounds without words', () => {
  const patience = { idle: { afterMs: 10_000, maxPrompts: 2 }, greeting: 'Hello.' };
  const prompts = (call: CallScene) => call.log.of('idle.prompted').map(({ count }) => count);

  async function greeted(agent: object = patience): Promise<CallScene> {
    const call = startCall({ agent });
    await call.passes(1);
    await call.agentSays('Hello.', 500);
    return call;
  }

  /** Has the model say the words it was last asked to say, if any. */
  async function modelSpeaks(call: CallScene): Promise<void> {
    const asked = call.model.asked.at(-1);
    call.model.asked.push('-');
    if (asked?.startsWith('say: ')) await call.agentSays(asked.slice(5), 1_500);
  }

  it.each([
    ['and an answer', 'Sorry, I did not catch that.'],
    ['and an empty answer', ''],
  ])('%s are silence: two questions, a goodbye, the end', async (_what, answer) => {
    const call = await greeted();
    let rounds = 0;
    for (; rounds < 40 && !call.termination; rounds += 1) {
      call.model.hearsCallerStart();
      await call.passes(2_000);
      const item = call.model.hearsCallerStop();
      call.model.startResponse();
      await call.passes(300);
      call.model.understands(item, '');
      call.model.finish('cancelled');
      if (answer !== '') await call.agentSays(answer, 1_500);
      await modelSpeaks(call);
      await call.passes(3_200);
      await modelSpeaks(call);
    }
    await call.passes(1_000);
    expect(prompts(call)).toEqual([1, 2]);
    expect(call.termination).toEqual({ class: 'caller', reason: 'caller-silent' });
    expect(rounds).toBeLessThan(12);
  });

  it('that never stop are silence once the line is quiet', async () => {
    const call = await greeted();
    call.model.hearsCallerStart();
    for (let seconds = 0; seconds < 120 && !call.termination; seconds += 1) {
      await call.passes(1_000);
      await modelSpeaks(call);
    }
    await call.passes(1_000);
    expect(prompts(call)).toEqual([1, 2]);
    expect(call.termination).toEqual({ class: 'caller', reason: 'caller-silent' });
    expect(call.log.of('caller.spoke')).toEqual([]);
  });

  it('that go on for a minute are silence, too; a long story is not', async () => {
    const noise = await greeted();
    noise.model.hearsCallerStart();
    await noise.callerSounds(75_000);
    expect(prompts(noise)).toEqual([1]);

    const story = await greeted();
    const item = story.model.hearsCallerStart();
    await story.callerSounds(55_000);
    story.model.understands(item, 'So on Monday my sink', false);
    await story.callerSounds(55_000);
    story.model.understands(story.model.hearsCallerStop(), 'So on Monday my sink began to leak, and then');
    await story.passes(1_000);
    expect(prompts(story)).toEqual([]);
    expect(story.log.of('caller.spoke')).toHaveLength(1);
  });

  it('are answered all the same when they turn out to be words after a minute', async () => {
    const call = await greeted({
      ...patience,
      interruption: { ignoresBackchannels: true },
      idle: { afterMs: 0 },
    });
    call.model.hearsCallerStart();
    await call.callerSounds(70_000);
    const item = call.model.hearsCallerStop();
    call.model.understands(item, 'That was a long story.');
    expect(call.model.asked.filter((asked) => asked === 'reply')).toHaveLength(1);
  });

  it('whose words come late do not count as silence', async () => {
    const call = await greeted();
    for (let rounds = 0; rounds < 8; rounds += 1) {
      call.model.hearsCallerStart();
      await call.passes(2_000);
      const item = call.model.hearsCallerStop();
      await call.agentSays('I see.', 1_000);
      await call.passes(4_000);
      call.model.understands(item, 'And another thing.');
      await call.passes(1_000);
    }
    expect(prompts(call)).toEqual([]);
  });

  it('whose words stay unknown do not count as silence either', async () => {
    const call = await greeted();
    for (let rounds = 0; rounds < 8; rounds += 1) {
      call.model.hearsCallerStart();
      await call.passes(2_000);
      const item = call.model.hearsCallerStop();
      if (rounds % 2 === 0) call.model.understands(item, null);
      await call.agentSays('I see.', 1_000);
      await call.passes(4_000);
    }
    expect(prompts(call)).toEqual([]);
  });
});

describe('answers that lead nowhere', () => {
  const find = defineTool({
    name: 'find',
    description: '',
    place: 'worker',
    arguments: z.object({}),
    cancellable: false,
    deadlineMs: 5_000,
  });

  async function answered(call: CallScene, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      await call.callerSays('Tomorrow the president flies to the moon.', 500);
      await call.agentSays('I am sorry?', 500);
    }
  }

  it('are bounded: the model is asked to end the call, then it ends with a goodbye', async () => {
    const call = startCall({ agent: { greeting: '', limits: { maxAnswersWithoutTool: 20 } } });
    await call.passes(1);
    await answered(call, 15);
    expect(call.model.notes).toEqual([]);
    await answered(call, 1);
    expect(call.model.notes).toEqual([expect.stringContaining('Bring the call to an end')]);
    await answered(call, 4);
    expect(call.model.asked.at(-1)).toContain('say: I am sorry, our time is up.');
    call.model.says('I am sorry, our time is up.', { durationMs: 500 });
    await call.passes(1_000);
    expect(call.termination).toEqual({ class: 'caller', reason: 'no-progress' });
  });

  it('are counted anew after a tool call, and not at all when the limit is off', async () => {
    const call = startCall({
      tools: [find],
      outcomes: { find: { status: 'ok', value: 1 } },
      agent: { greeting: '', limits: { maxAnswersWithoutTool: 20 } },
    });
    await call.passes(1);
    await answered(call, 14);
    call.model.says('One moment.', { durationMs: 100, tools: [{ name: 'find', arguments: {} }] });
    await call.passes(200);
    await answered(call, 15);
    expect(call.model.notes).toEqual([]);

    const patient = startCall({ agent: { greeting: '', limits: { maxAnswersWithoutTool: 0 } } });
    await patient.passes(1);
    await answered(patient, 200);
    expect(patient.termination).toBeNull();
  });
});
