import { describe, expect, it } from '@jest/globals';
import { defineTool, type CallEvent } from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene } from '../../testing/index.ts';
import { takeoverOf } from '../history/takeover.ts';

const worker = (name: string) =>
  defineTool({
    name,
    description: '',
    place: 'worker',
    arguments: z.strictObject({}),
    cancellable: true,
    deadlineMs: 5_000,
  });
const mic = defineTool({
  name: 'update_mic_distance',
  description: '',
  place: 'call',
  arguments: z.strictObject({ distance: z.enum(['near_field', 'far_field']) }),
  cancellable: false,
  deadlineMs: 1_000,
});
const language = defineTool({
  name: 'switch_language',
  description: '',
  place: 'call',
  arguments: z.strictObject({ language: z.string() }),
  cancellable: false,
  deadlineMs: 1_000,
});
const tools = [worker('find'), worker('pay'), mic, language];

function wish(call: CallScene, name: string, input: object = {}): string {
  call.model.startResponse();
  const id = call.model.callsTool({ name, arguments: input });
  call.model.finish('completed');
  return id;
}

describe('the agent is changed while it talks', () => {
  it('by a tool’s result: instructions, tools, patience', async () => {
    const call = startCall({ tools, agent: { tools: ['find'], greeting: '' } });
    await call.passes(1);
    expect(call.model.setup.tools.map(({ name }) => name)).toEqual(['find']);
    expect(call.model.toolResults.get(wish(call, 'pay'))).toContain('unknown-tool');
    wish(call, 'find');
    call.toolDispatcher.answer('find', {
      status: 'ok',
      value: 1,
      change: {
        instructions: 'You now take payments.',
        tools: ['find', 'pay'],
        turnDetection: { kind: 'semantic-vad', eagerness: 'low' },
      },
    });
    await call.passes(1);
    expect(call.model.changes).toMatchObject([
      {
        instructions: 'You now take payments.',
        turnDetection: { kind: 'semantic-vad' },
        tools: [{ name: 'find' }, { name: 'pay' }],
      },
    ]);
    expect(call.log.of('agent.changed')).toMatchObject([
      { by: 'tool', what: ['instructions', 'tools', 'turnDetection'] },
    ]);
    wish(call, 'pay');
    expect(call.toolDispatcher.calls.map(({ name }) => name)).toEqual(['find', 'pay']);
  });

  it('by an operator', async () => {
    const call = startCall({ tools });
    await call.passes(1);
    call.session.change({ instructions: 'Offer ten percent off.', speed: 1.2 });
    expect(call.model.changes).toEqual([{ instructions: 'Offer ten percent off.', speed: 1.2 }]);
    expect(call.log.of('agent.changed')[0]?.by).toBe('operator');
    expect(() => call.session.change({ language: '!!' })).not.toThrow();
    expect(call.termination).toBeNull();
  });

  it('by rules, each of them once', async () => {
    const rules = [
      { when: { kind: 'after-ms' as const, ms: 60_000 }, change: { speed: 1.3 } },
      {
        when: { kind: 'interruptions' as const, count: 2 },
        change: { turnDetection: { kind: 'semantic-vad' as const, eagerness: 'low' as const } },
      },
      {
        when: { kind: 'tool' as const, name: 'find', status: 'refused' as const },
        change: { instructions: 'The customer is unknown.' },
      },
    ];
    const call = startCall({ tools, agent: { rules, idle: { afterMs: 0 }, greeting: '' } });
    await call.passes(1);
    for (let times = 0; times < 3; times += 1) {
      call.model.begins('a long sentence', { durationMs: 2_000 });
      await call.passes(300);
      await call.callerSays('stop');
    }
    for (let times = 0; times < 2; times += 1) {
      wish(call, 'find');
      call.toolDispatcher.answer('find', { status: 'refused', reason: 'unknown', detail: 'Nobody.' });
      await call.passes(1);
    }
    await call.passes(60_000);
    expect(call.model.changes.map((change) => Object.keys(change).join())).toEqual([
      'turnDetection',
      'instructions',
      'speed',
    ]);
    expect(call.log.of('agent.changed').map(({ by }) => by)).toEqual(['rule', 'rule', 'rule']);
  });
});

describe('how patient the agent is', () => {
  it.each([
    ['fast', { kind: 'server-vad', threshold: 0.5, prefixPaddingMs: 200, silenceMs: 300 }],
    ['thoughtful', { kind: 'semantic-vad', eagerness: 'low' }],
    ['noisy', { kind: 'server-vad', threshold: 0.75, prefixPaddingMs: 400, silenceMs: 700 }],
  ] as const)('is a preset: %s', async (preset, detection) => {
    const call = startCall({ agent: { turnDetection: { kind: 'preset', preset } } });
    await call.passes(1);
    expect(call.model.setup.turnDetection).toEqual(detection);
  });

  it('can be set in full, with defaults for what is left out', async () => {
    const call = startCall({ agent: { turnDetection: { kind: 'server-vad', silenceMs: 900 } } });
    await call.passes(1);
    expect(call.model.setup.turnDetection).toEqual({
      kind: 'server-vad',
      threshold: 0.5,
      prefixPaddingMs: 300,
      silenceMs: 900,
    });
  });
});

describe('a changed agent', () => {
  it('stays changed when another relay takes over, and fired rules do not fire again', async () => {
    const rules = [
      {
        when: { kind: 'after-ms' as const, ms: 10_000 },
        change: {
          instructions: 'Be quick.',
          turnDetection: { kind: 'preset' as const, preset: 'fast' as const },
        },
      },
    ];
    const first = startCall({ tools, agent: { rules, idle: { afterMs: 0 } } });
    await first.passes(10_000);
    expect(first.model.changes[0]?.turnDetection).toEqual({
      kind: 'server-vad',
      threshold: 0.5,
      prefixPaddingMs: 200,
      silenceMs: 300,
    });
    first.session.change({ instructions: 'Offer ten percent off.', tools: ['find', 'update_mic_distance'] });
    wish(first, 'update_mic_distance', { distance: 'far_field' });
    await first.passes(2_000);
    const left = first.log.facts.map((fact, index): CallEvent => ({
      ...fact,
      seq: index + 1,
      epoch: 1,
      at: 0,
    }));

    const second = startCall({
      tools,
      agent: { rules, idle: { afterMs: 0 } },
      admittedAgoMs: 15_000,
      takeover: () => takeoverOf(left),
    });
    await second.passes(1_000);
    expect(second.model.setup).toMatchObject({
      instructions: 'Offer ten percent off.',
      tools: [{ name: 'find' }, { name: 'update_mic_distance' }],
    });
    expect(second.model.changes).toEqual([
      { turnDetection: expect.objectContaining({ silenceMs: 300 }), noiseReduction: 'far_field' },
    ]);
    expect(second.log.of('agent.changed')).toEqual([]);
    wish(second, 'update_mic_distance', { distance: 'far_field' });
    await second.passes(3_000);
    expect(second.model.changes).toHaveLength(1);
  });
});

describe('another language', () => {
  const agent = {
    language: 'en-US',
    greeting: '',
    texts: { es: { instructions: 'Trata de usted.', idlePrompt: '¿Hola?' }, de: {} },
    idle: { afterMs: 5_000 },
  };

  it('is switched to by the model; texts, instructions and transcription follow', async () => {
    const call = startCall({ tools, agent });
    await call.passes(1);
    const id = wish(call, 'switch_language', { language: 'es' });
    expect(call.model.toolResults.get(id)).toContain('"language":"es"');
    expect(call.model.changes).toEqual([
      {
        language: 'es',
        instructions: 'Be helpful.\n\nTrata de usted.\n\nSpeak Spanish with the caller from now on.',
      },
    ]);
    expect(call.log.of('language.changed')).toMatchObject([{ language: 'es', by: 'tool' }]);
    await call.agentSays('Claro que sí.');
    await call.passes(5_000);
    expect(call.model.asked.at(-1)).toBe('say: ¿Hola?');
    wish(call, 'find');
    expect(call.toolDispatcher.calls[0]?.context.language).toBe('es');
  });

  it('is noticed when the caller keeps speaking it, not at the first foreign word', async () => {
    const detectLanguage = (text: string) =>
      Promise.resolve(/\b(ich|nicht|bitte|und)\b/.test(text) ? 'de' : 'en');
    const call = startCall({ agent, detectLanguage });
    await call.agentSays('Hello, how can I help?');
    await call.callerSays('ich brauche einen Klempner');
    expect(call.log.of('language.changed')).toEqual([]);
    await call.callerSays('ich verstehe das nicht');
    expect(call.log.of('language.changed')).toMatchObject([{ language: 'de', by: 'detection' }]);
    await call.callerSays('bitte und danke schön');
    expect(call.log.of('language.changed')).toHaveLength(1);
  });
});

describe('the distance of the microphone', () => {
  it('reaches the model’s noise reduction after two seconds; the last choice counts', async () => {
    const call = startCall({ tools });
    await call.passes(1);
    expect(
      call.model.toolResults.get(wish(call, 'update_mic_distance', { distance: 'near_field' })),
    ).toContain('"changed":false');
    wish(call, 'update_mic_distance', { distance: 'far_field' });
    await call.passes(1_000);
    wish(call, 'update_mic_distance', { distance: 'near_field' });
    await call.passes(3_000);
    expect(call.model.changes).toEqual([]);
    wish(call, 'update_mic_distance', { distance: 'far_field' });
    await call.passes(1_999);
    expect(call.model.changes).toEqual([]);
    await call.passes(1);
    expect(call.model.changes).toEqual([{ noiseReduction: 'far_field' }]);
  });
});
