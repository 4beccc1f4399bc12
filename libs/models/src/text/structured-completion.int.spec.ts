import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AnthropicSimulator, ChatCompletionsSimulator } from '@tandem/simulators';
import { anthropicMessagesModel, chatCompletionsModel, completeStructured } from './index.ts';

const KEY = 'key-for-specs';
const chat = new ChatCompletionsSimulator({ apiKey: KEY, models: ['small'] });
const anthropic = new AnthropicSimulator({ apiKey: KEY, models: ['small'] });
const open = { apiKey: KEY, model: 'small', timeoutMs: 4_000 };
const forms = [
  {
    form: 'chat completions',
    simulator: chat,
    model: () => chatCompletionsModel({ ...open, baseUrl: chat.baseUrl }),
  },
  {
    form: 'Anthropic messages',
    simulator: anthropic,
    model: () => anthropicMessagesModel({ ...open, baseUrl: anthropic.baseUrl }),
  },
];

const SCHEMA = {
  type: 'object',
  properties: {
    mood: { type: 'string', enum: ['calm', 'angry'] },
    age: { type: 'integer', minimum: 0, maximum: 150 },
  },
  required: ['mood'],
};

beforeAll(() => Promise.all([chat.start(), anthropic.start()]));
afterAll(() => Promise.all([chat.stop(), anthropic.stop()]));

describe.each(forms)('an answer of a schema over $form', ({ simulator, model }) => {
  const ask = () =>
    completeStructured(model(), {
      system: 'Judge.',
      messages: [{ role: 'user', text: 'Hello' }],
      maxTokens: 100,
      name: 'judgement',
      schema: SCHEMA,
      check: (value) =>
        (value as { mood?: string }).mood === 'calm' ? { value } : { fault: 'mood: must be calm.' },
    });
  const usage = { inputTokens: 40, cachedInputTokens: 8, outputTokens: 10 };
  const twice = { inputTokens: 80, cachedInputTokens: 16, outputTokens: 20 };

  it('is asked for in the strict form, and has no nulls for what is absent', async () => {
    simulator.script({ text: '{"mood":"calm","age":null}' });
    expect(await ask()).toEqual({ kind: 'answered', value: { mood: 'calm' }, usage });
    expect(JSON.stringify(simulator.seen[0]?.body)).toContain('At least 0. At most 150.');
  });

  it('is repaired once, with the fault named', async () => {
    simulator.script({ text: 'Sure! {' }, { text: '{"mood":"calm","age":null}' });
    expect(await ask()).toMatchObject({ kind: 'answered', usage: twice });
    expect(JSON.stringify(simulator.seen[1]?.body)).toContain('The answer is not JSON.');
    simulator.script({ text: '{"mood":"angry","age":null}' });
    expect(await ask()).toEqual({ kind: 'malformed', fault: 'mood: must be calm.', usage: twice });
    expect(simulator.seen).toHaveLength(2);
  });

  it('that was cut off is asked for again, and one that was refused is not', async () => {
    simulator.script({ text: '{"mood":', finish: 'length' }, { text: '{"mood":"calm","age":null}' });
    expect(await ask()).toMatchObject({ kind: 'answered' });
    simulator.script({ text: 'I cannot.', finish: 'filtered' });
    expect(await ask()).toEqual({ kind: 'refused', usage });
    expect(simulator.seen).toHaveLength(1);
  });

  it('comes as the arguments of a tool where the provider does not take the schema', async () => {
    const refusal = { status: 400, body: { error: { code: 'unsupported' } } };
    simulator.script(refusal, { calls: [{ name: 'judgement', input: { mood: 'calm', age: null } }] });
    expect(await ask()).toMatchObject({ kind: 'answered', value: { mood: 'calm' } });
    expect(simulator.seen[1]?.body).toMatchObject({ tool_choice: expect.anything() });
    simulator.script(
      refusal,
      { calls: [{ name: 'judgement', input: { mood: 'angry', age: null } }] },
      { calls: [{ name: 'judgement', input: { mood: 'calm', age: null } }] },
    );
    expect(await ask()).toMatchObject({ kind: 'answered', usage: twice });
    expect(simulator.seen).toHaveLength(3);
  });

  it('fails with the provider’s error when the request is wrong in both forms', async () => {
    simulator.script({ status: 400, body: {} });
    await expect(ask()).rejects.toMatchObject({ code: 'http-400', category: 'invalid-request' });
  });
});
