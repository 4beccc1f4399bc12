import { describe, expect, it } from '@jest/globals';
import type { ModelSettings } from '../models/catalogue.ts';
import type { Fallback } from './snapshot.ts';
import { afterModels, modelTargets } from './fallbacks.ts';

const realtime = (model: string): ModelSettings => ({
  kind: 'openai-realtime',
  model,
  voice: 'marin',
  speed: 1,
  transcriptionModel: '',
  noiseReduction: 'off',
});
const guided: ModelSettings = { kind: 'guided', voice: 'rms' };
const model = (settings: ModelSettings, endpoint: 'primary' | 'secondary' = 'primary'): Fallback => ({
  kind: 'model',
  model: settings,
  endpoint,
});

describe('the fallback chain', () => {
  it('tries the agent’s own model, then those of the chain up to the first entry of another kind', () => {
    const ladder: Fallback[] = [
      model(realtime('big'), 'secondary'),
      model(guided),
      { kind: 'transfer', department: 'sales' },
      model(realtime('never')),
    ];
    expect(modelTargets({ model: realtime('big'), ladder })).toEqual([
      { model: realtime('big'), endpoint: 'primary' },
      { model: realtime('big'), endpoint: 'secondary' },
      { model: guided, endpoint: 'primary' },
    ]);
  });

  it.each<[string, Fallback[], object[]]>([
    ['nothing is named', [], [{ kind: 'message' }]],
    ['only models are named', [model(guided)], [{ kind: 'message' }]],
    [
      'a transfer is named',
      [model(guided), { kind: 'transfer', department: 'sales' }],
      [{ kind: 'transfer', department: 'sales' }, { kind: 'message' }],
    ],
    [
      'something stands behind the message',
      [{ kind: 'message' }, { kind: 'transfer', department: 'sales' }],
      [{ kind: 'message' }],
    ],
  ])('ends with the message when %s', (_when, fallbacks, expected) => {
    expect(afterModels(fallbacks)).toEqual(expected);
  });
});
