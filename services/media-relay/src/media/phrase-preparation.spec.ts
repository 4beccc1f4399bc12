import { beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { agentSnapshotSchema, DEFAULT_MODEL_KIND, PCMU_8K, type AgentSnapshotInput } from '@tandem/contracts';
import { MemoryPhraseCache, ManualClock, ScriptedVoiceModel } from '@tandem/conversation/testing';
import { PhrasePreparation } from './phrase-preparation.ts';

const version = (agentVersion: number, changes: Partial<AgentSnapshotInput> = {}) =>
  agentSnapshotSchema.parse({
    agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
    agentVersion,
    tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001',
    name: 'Sarah',
    companyName: 'Northwind Home Services',
    timeZone: 'America/New_York',
    instructions: 'Be helpful.',
    greeting: 'Good morning.',
    model: { kind: DEFAULT_MODEL_KIND },
    ...changes,
  });

beforeAll(() => {
  Logger.overrideLogger(false);
});

function relay(phrasePreparation: 'on' | 'off' = 'on') {
  const model = new ScriptedVoiceModel();
  const clock = new ManualClock();
  const phrases = new MemoryPhraseCache();
  const outcomes: string[] = [];
  const preparation = new PhrasePreparation(
    { phrasePreparation },
    { targetsFor: () => [{ model, canHang: false }] } as never,
    phrases,
    {
      counters: {
        preparedPhrases: { inc: ({ outcome }: { outcome: string }) => void outcomes.push(outcome) },
      },
    } as never,
    clock as never,
  );
  const call = (agent = version(1)) => preparation.begin(agent, agent.language, PCMU_8K, model);
  const sayAll = async (words: string) => {
    await clock.pass(1);
    for (const session of model.sessions) if (!session.isClosed) session.says(words);
    await clock.pass(1);
  };
  return { model, clock, phrases, outcomes, preparation, call, sayAll };
}

const WORDS = 'Sorry, the line was gone for a moment.';

describe('a relay', () => {
  it('prepares the phrase for lost calls once for each version of an agent', async () => {
    const { model, phrases, outcomes, call, sayAll } = relay();
    call();
    call();
    await sayAll(WORDS);
    call();
    expect(model.sessions).toHaveLength(1);
    call(version(2));
    await sayAll(WORDS);
    expect(model.sessions).toHaveLength(2);
    expect(phrases.texts).toEqual([WORDS, WORDS]);
    expect(outcomes).toEqual(['cached', 'cached']);
  });

  it('asks again after ten minutes when the model said other words', async () => {
    const { model, clock, outcomes, call, sayAll } = relay();
    call();
    await sayAll('Hello?');
    await clock.pass(9 * 60_000);
    call();
    expect(model.sessions).toHaveLength(1);
    await clock.pass(60_000);
    call();
    await sayAll(WORDS);
    expect(model.sessions).toHaveLength(2);
    expect(outcomes).toEqual(['failed', 'cached']);
  });

  it('has two models at a time say it, and later calls see to the rest', async () => {
    const { model, call, sayAll } = relay();
    for (const agentVersion of [1, 2, 3]) call(version(agentVersion));
    expect(model.sessions).toHaveLength(2);
    await sayAll(WORDS);
    call(version(3));
    expect(model.sessions).toHaveLength(3);
  });

  it('opens no session of its own when it is told not to', () => {
    const { model, call } = relay('off');
    call();
    expect(model.sessions).toEqual([]);
  });

  it('gives its sessions up when it stops', async () => {
    const { model, clock, outcomes, call, preparation } = relay();
    call();
    preparation.onModuleDestroy();
    await clock.pass(1);
    expect(model.sessions.map(({ isClosed }) => isClosed)).toEqual([true]);
    expect(outcomes).toEqual([]);
  });
});
