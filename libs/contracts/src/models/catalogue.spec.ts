import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_MODEL_KIND,
  modelSettingsSchema,
  PRICES,
  remoteModel,
  sessionSettings,
} from './catalogue.ts';

const settings = (given: object) => modelSettingsSchema.parse(given);

describe('the catalogue of model kinds', () => {
  it('gives the session settings of a remote model, with its defaults', () => {
    expect(sessionSettings(settings({ kind: DEFAULT_MODEL_KIND, speed: 1.2 }))).toEqual({
      voice: 'marin',
      transcriptionModel: 'gpt-live-transcribe',
      noiseReduction: 'near_field',
      speed: 1.2,
    });
  });

  it('gives a model in the relay no transcriber, noise reduction or speed', () => {
    expect(sessionSettings(settings({ kind: 'guided' }))).toEqual({ voice: 'slt', transcriptionModel: '' });
  });

  it('tells remote models, by name or by the deployment’s default, from models in the relay', () => {
    expect(remoteModel(settings({ kind: DEFAULT_MODEL_KIND, model: 'gpt-realtime-2.1' }))).toBe(
      'gpt-realtime-2.1',
    );
    expect(remoteModel(settings({ kind: DEFAULT_MODEL_KIND }))).toBe('');
    expect(remoteModel(settings({ kind: 'guided' }))).toBeNull();
  });

  it('refuses an unknown kind', () => {
    expect(modelSettingsSchema.safeParse({ kind: 'no-such-model' }).success).toBe(false);
  });

  it('has the prices of all kinds', () => {
    expect(new Set(PRICES.map(({ provider }) => provider))).toEqual(new Set([DEFAULT_MODEL_KIND]));
  });
});
