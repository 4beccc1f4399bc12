import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_MODEL_KIND,
  defineTool,
  ProviderError,
  type AgentSnapshotInput,
  type ToolSpec,
  type Usage,
} from '@tandem/contracts';
import { z } from 'zod';
import { MemoryPhraseCache, startCall, type CallScene } from '../testing/index.ts';

const tool = (name: string, place: 'call' | 'worker', fields: z.ZodRawShape = {}) =>
  defineTool({
    name,
    description: '',
    place,
    arguments: z.object(fields),
    cancellable: true,
    deadlineMs: 5_000,
  } as ToolSpec<z.ZodObject>);
const tools = [
  tool('find', 'worker'),
  tool('end_call', 'call'),
  tool('collect_digits', 'call', { max_digits: z.number() }),
  tool('switch_language', 'call', { language: z.string() }),
  tool('transfer_call', 'call', { department: z.string(), summary: z.string() }),
];
const usage: Usage = {
  inputTextTokens: 0,
  inputAudioTokens: 0,
  cachedTextTokens: 0,
  cachedAudioTokens: 0,
  outputTextTokens: 0,
  outputAudioTokens: 100,
  transcriptionMs: 0,
};
const sales = {
  key: 'sales',
  name: 'Sales',
  address: '+12025550170',
  mode: 'warm' as const,
  ringMs: 25_000,
  hours: [],
};

/** Settings that contradict each other, or fit no call. */
const ODD: Record<string, Partial<AgentSnapshotInput>> = {
  usual: {},
  'nothing to say': {
    greeting: '',
    texts: {
      en: { idlePrompt: '', idleGoodbye: '', fillers: [], timeGoodbye: '', apology: '', backchannels: [] },
    },
  },
  'never interrupted, goes back after false starts': {
    interruption: {
      start: { kind: 'never' },
      afterFalseStart: 'resume',
      ignoresBackchannels: true,
      protectsGreeting: true,
      fadeMs: 200,
    },
  },
  'ends before it warns': {
    maxDurationMs: 10_000,
    limits: { warnBeforeEndMs: 600_000, wrapUpMs: 120_000 },
    idle: { afterMs: 600_000, maxPrompts: 0 },
  },
  'costs nothing': {
    limits: { budgetUsd: 0 },
    model: { kind: DEFAULT_MODEL_KIND, model: 'gpt-realtime-2.1' },
  },
  impatient: { idle: { afterMs: 1, maxPrompts: 10 }, toolWait: { fillerAfterMs: 1, musicAfterMs: 1 } },
  'rules against each other': {
    rules: [
      { when: { kind: 'after-ms', ms: 1_000 }, change: { language: 'zz', tools: ['no-such-tool'] } },
      {
        when: { kind: 'after-ms', ms: 1_000 },
        change: { instructions: '', tools: tools.map(({ name }) => name), language: 'en-US' },
      },
      {
        when: { kind: 'interruptions', count: 1 },
        change: { instructions: 'x'.repeat(32_000), speed: 0.25 },
      },
    ],
  },
};

/** The same numbers for the same seed (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below;
  };
}

type Deed = (call: CallScene, chance: (below: number) => number) => void;

const wish =
  (name: string, input: object): Deed =>
  (call) => {
    call.model.finish('completed');
    call.model.startResponse();
    call.model.callsTool({ name, arguments: input });
  };

/** Anything that callers, models, tools and operators may do at any moment. */
const DEEDS: Record<string, Deed> = {
  'the agent speaks': (call, chance) =>
    call.model.says('So it is, and so it shall be.', { durationMs: 100 + chance(3_000), usage }),
  'the agent begins': (call, chance) => {
    call.model.finish('completed');
    call.model.begins('Well', { durationMs: chance(4_000) });
  },
  'the response ends': (call, chance) =>
    call.model.finish(
      (['completed', 'cancelled', 'incomplete', 'failed'] as const)[Math.floor(chance(4))]!,
      usage,
    ),
  'the caller starts': (call) => call.model.hearsCallerStart(),
  'the caller stops': (call) => call.model.hearsCallerStop(),
  'the caller sounds': (call) => call.stream.speak(20),
  'words come': (call, chance) =>
    call.model.understands('item_of_nobody' as never, chance(2) > 1 ? 'mhm' : '', chance(2) > 1),
  'keys are pressed': (call, chance) => {
    for (let key = 0; key < chance(40); key += 1) call.stream.press('0123456789*#'[Math.floor(chance(12))]!);
  },
  'a tool is called': wish('find', {}),
  'its answer turns the agent round': (call) => {
    if (call.toolDispatcher.isWaiting('find'))
      call.toolDispatcher.answer('find', {
        status: 'ok',
        value: null,
        change: { language: 'not a language', instructions: '', tools: [] },
      });
  },
  'the model hangs up': wish('end_call', {}),
  'digits are asked for': wish('collect_digits', { max_digits: 3 }),
  'the language changes': wish('switch_language', { language: 'qq-QQ' }),
  'a transfer is asked for': wish('transfer_call', { department: 'sales', summary: '' }),
  'a tool nobody has': wish('rm -rf', { all: true }),
  'an operator says goodbye': (call) => call.session.sayGoodbye(),
  'an operator changes everything': (call) =>
    call.session.change({
      language: 'de',
      instructions: 'Be rude.',
      speed: 1.5,
      noiseReduction: 'off',
      turnDetection: { kind: 'semantic-vad', eagerness: 'high' },
    }),
  'the model faults': (call) =>
    call.model.faults(new ProviderError('It failed.', { provider: 'p', code: 'odd', category: 'server' })),
};
const LAST: Record<string, Deed> = {
  'the caller hangs up': (call) => call.stream.leave('caller-hangup'),
  'the line breaks': (call) => call.stream.leave('connection-lost'),
  'the model goes': (call) =>
    call.model.gone(new ProviderError('Gone.', { provider: 'p', code: 'gone', category: 'server' })),
  'the relay stops': (call) => call.session.end('relay-shutdown'),
};

describe.each(Object.entries(ODD))('a call with an agent: %s', (_what, agent) => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'ends once, whatever is done to it, and leaves nothing behind (seed %i)',
    async (seed) => {
      const chance = seeded(seed + 1);
      const call = startCall({
        tools,
        agent: { directory: [sales], ...agent },
        phrases: new MemoryPhraseCache(),
        music: new Uint8Array(800),
        language: seed % 5 === 0 ? 'xx-YY' : 'en-US',
      });
      await call.passes(1);
      const deeds = Object.values(DEEDS);
      for (let done = 0; done < 60 && !call.termination && !call.isLetGo; done += 1) {
        deeds[Math.floor(chance(deeds.length))]!(call, chance);
        await call.passes(chance(800));
      }
      for (const last of Object.values(LAST).sort(() => chance(2) - 1)) last(call, chance);
      await call.passes(30_000);
      expect(call.log.of('call.ended')).toHaveLength(call.isLetGo ? 0 : 1);
      expect(call.termination === null).toBe(call.isLetGo);
      expect(call.stream.isClosed).toBe(true);
      expect(call.clock.pendingTimers).toBe(0);
    },
  );
});
