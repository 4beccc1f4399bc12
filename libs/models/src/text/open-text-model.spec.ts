import { describe, expect, it } from '@jest/globals';
import { openTextModel } from './index.ts';

describe('the text model of a deployment', () => {
  const timeoutMs = 1_000;

  it('is a demo that says so, without a provider or without its key', async () => {
    for (const options of [
      { timeoutMs },
      { kind: 'openai', model: 'm', timeoutMs },
      { kind: 'anthropic', model: 'm', timeoutMs },
    ] as const) {
      const model = openTextModel(options);
      expect(model.isDemo).toBe(true);
      const { text } = await model.complete({ system: '', messages: [], maxTokens: 10 });
      expect(text).toContain('no language model is set up');
    }
  });

  it('is the provider’s with a key, or one’s own server without', () => {
    expect(openTextModel({ kind: 'openai', model: 'm', apiKey: 'k', timeoutMs })).toMatchObject({
      name: 'm',
      isDemo: false,
    });
    const own = { kind: 'openai', model: 'm', baseUrl: 'http://127.0.0.1:11434/v1', timeoutMs } as const;
    expect(openTextModel(own).isDemo).toBe(false);
  });
});
