import { describe, expect, it } from '@jest/globals';
import type { ModelSettings } from '../models/catalogue.ts';
import type { LadderRung } from './snapshot.ts';
import { afterModels, modelTargets } from './ladder.ts';

const realtime = (model: string): ModelSettings => ({
  kind: 'openai-realtime',
  model,
  voice: 'marin',
  speed: 1,
  transcriptionModel: '',
  noiseReduction: 'off',
});
const guided: ModelSettings = { kind: 'guided', voice: 'rms' };
const model = (settings: ModelSettings, endpoint: 'primary' | 'secondary' = 'primary'): LadderRung => ({
  kind: 'model',
  model: settings,
  endpoint,
});

describe('the failure ladder', () => {
  it('tries the agent’s own model, then each model it names, down to the first other rung', () => {
    const ladder: LadderRung[] = [
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

  it.each<[string, LadderRung[], object[]]>([
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
  ])('ends with the message when %s', (_when, ladder, expected) => {
    expect(afterModels(ladder)).toEqual(expected);
  });
});
