import { describe, expect, it } from '@jest/globals';
import {
  agentSnapshotSchema,
  DEFAULT_MODEL_KIND,
  PCM16_24K,
  PCMU_8K,
  ProviderError,
  type NewCallEvent,
  type RelayId,
} from '@tandem/contracts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { MemoryPhraseCache } from '../../testing/memory-phrase-cache.ts';
import { ScriptedVoiceModel } from '../../testing/scripted-voice-model.ts';
import { startCall } from '../../testing/call-scene.ts';
import { takeoverOf } from '../history/takeover.ts';
import { missingBridge, preparePhrase } from './phrase-preparation.ts';

const agent = agentSnapshotSchema.parse({
  agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
  agentVersion: 1,
  tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001',
  name: 'Sarah',
  companyName: 'Northwind Home Services',
  timeZone: 'America/New_York',
  instructions: 'Be helpful.',
  greeting: 'Good morning, Northwind.',
  model: { kind: DEFAULT_MODEL_KIND },
});

const attached: NewCallEvent = {
  type: 'stream.attached',
  data: { relayId: 'relay-1' as RelayId, epoch: 1, streamId: 'MZ1' },
};
const greeted: NewCallEvent = {
  type: 'agent.spoke',
  data: {
    itemId: 'a1',
    text: 'Good morning, Northwind.',
    heardMs: 900,
    generatedMs: 900,
    interrupted: false,
    startedAtMs: 100,
    endedAtMs: 1_000,
  },
};

function preparing(format = PCMU_8K) {
  const model = new ScriptedVoiceModel();
  const clock = new ManualClock();
  const cache = new MemoryPhraseCache();
  const stop = new AbortController();
  const call = { agent, language: agent.language, format };
  const missing = missingBridge(call, model, cache)!;
  const done = preparePhrase(missing, model, cache, clock, stop.signal);
  return { model, clock, cache, stop, call, missing, done, session: () => model.sessions[0]! };
}

describe('the phrase for lost calls', () => {
  it('is said in a session of its own, without tools, and found by the call that needs it', async () => {
    const { clock, cache, call, missing, done, session, model } = preparing();
    await clock.pass(1);
    expect(session().asked).toEqual([`say: ${missing.text}`]);
    expect(session().setup).toMatchObject({ tools: [], turnOwner: 'session', instructions: 'Be helpful.' });
    session().says(missing.text);
    await clock.pass(1);
    expect(await done).toBe(true);
    expect(session().isClosed).toBe(true);
    expect(missingBridge(call, model, cache)).toBeNull();

    const moved = startCall({
      phrases: cache,
      isModelSlow: true,
      takeover: (nowMs) =>
        takeoverOf([
          { ...attached, seq: 1, epoch: 1, at: nowMs - 400 },
          { ...greeted, seq: 2, epoch: 1, at: nowMs - 400 },
        ]),
    });
    expect(moved.stream.heldMs).toBe(missing.text.length * 50);
  });

  it.each([
    [
      'says other words',
      async ({ session, clock }: ReturnType<typeof preparing>) => {
        await clock.pass(1);
        session().says('Hello?');
      },
    ],
    [
      'does not open',
      async ({ session, clock }: ReturnType<typeof preparing>) => {
        await clock.pass(1);
        session().gone(
          new ProviderError('It is gone.', { provider: 'scripted', category: 'connectivity', code: 'gone' }),
        );
      },
    ],
    ['says nothing for too long', async ({ clock }: ReturnType<typeof preparing>) => clock.pass(20_001)],
    [
      'is no longer wanted',
      ({ stop, clock }: ReturnType<typeof preparing>) => {
        stop.abort();
        return clock.pass(1);
      },
    ],
  ])('is not cached when the model %s', async (_what, happens) => {
    const scene = preparing();
    await happens(scene);
    await scene.clock.pass(1);
    expect(await scene.done).toBe(false);
    expect(scene.cache.texts).toEqual([]);
    expect(scene.session().isClosed).toBe(true);
  });

  it('is not asked for in a format that the model does not speak', async () => {
    const { done, model } = preparing(PCM16_24K);
    expect(await done).toBe(false);
    expect(model.sessions).toEqual([]);
  });
});
