import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProviderError } from '@tandem/contracts';
import { AnthropicSimulator, ChatCompletionsSimulator, type TextTurn } from '@tandem/simulators';
import { anthropicMessagesModel, chatCompletionsModel, type TextMessage, type TextModel } from './index.ts';

const KEY = 'key-for-specs';
const chat = new ChatCompletionsSimulator({ apiKey: KEY, models: ['small'] });
const anthropic = new AnthropicSimulator({ apiKey: KEY, models: ['small'] });

const forms = [
  {
    form: 'chat completions',
    simulator: chat,
    open: (apiKey = KEY, timeoutMs = 4_000): TextModel =>
      chatCompletionsModel({ baseUrl: chat.baseUrl, apiKey, model: 'small', timeoutMs }),
  },
  {
    form: 'Anthropic messages',
    simulator: anthropic,
    open: (apiKey = KEY, timeoutMs = 4_000): TextModel =>
      anthropicMessagesModel({ baseUrl: anthropic.baseUrl, apiKey, model: 'small', timeoutMs }),
  },
];

const SEARCH = {
  name: 'web_search',
  description: 'Searches the web.',
  parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
};

beforeAll(() => Promise.all([chat.start(), anthropic.start()]));
afterAll(() => Promise.all([chat.stop(), anthropic.stop()]));

describe.each(forms)('a text model over $form', ({ simulator, open }) => {
  const ask = (text: string, model = open(), signal?: AbortSignal) =>
    model.complete({ system: 'Be brief.', messages: [{ role: 'user', text }], maxTokens: 100, signal });
  const failure = async (...turns: TextTurn[]) => {
    simulator.script(...turns);
    return ask('Hello', open(KEY, 1_500)).catch((error: unknown) => error as ProviderError);
  };

  it('returns text and the tokens it cost', async () => {
    simulator.script({ text: 'Good morning.' });
    expect(await ask('Hello')).toEqual({
      text: 'Good morning.',
      toolCalls: [],
      usage: { inputTokens: 40, cachedInputTokens: 8, outputTokens: 10 },
      finishReason: 'stop',
    });
  });

  it('asks for tools, and gets their results in the order the API wants', async () => {
    simulator.script(
      {
        calls: [
          { name: 'web_search', input: { query: 'a' } },
          { name: 'web_search', input: { query: 'b' } },
        ],
      },
      { text: 'Found.' },
    );
    const messages: TextMessage[] = [
      { role: 'user', text: 'One.' },
      { role: 'user', text: 'Search.' },
    ];
    const asked = { system: 'Be brief.', maxTokens: 50, temperature: 0.2, tools: [SEARCH] };
    const first = await open().complete({ ...asked, messages });
    expect([first.finishReason, first.toolCalls.map(({ arguments: json }) => json)]).toEqual([
      'tool-calls',
      ['{"query":"a"}', '{"query":"b"}'],
    ]);
    const second = await open().complete({
      ...asked,
      messages: [
        ...messages,
        { role: 'assistant', text: '', toolCalls: first.toolCalls },
        ...first.toolCalls.map(({ id }) => ({ role: 'tool', toolCallId: id, text: 'x' }) as const),
      ],
    });
    expect(second.text).toBe('Found.');
  });

  it('asks for JSON of a schema', async () => {
    simulator.script({ text: '{"mood":"calm"}' });
    const schema = {
      type: 'object',
      properties: { mood: { type: 'string' } },
      required: ['mood'],
      additionalProperties: false,
    };
    const { text } = await open().complete({
      system: 'Judge.',
      messages: [{ role: 'user', text: 'Hi' }],
      maxTokens: 20,
      responseSchema: { name: 'mood', schema },
    });
    expect(JSON.parse(text)).toEqual({ mood: 'calm' });
    expect(JSON.stringify(simulator.seen[0]?.body)).toContain('json_schema');
  });

  it.each([
    ['length', 'length'],
    ['filtered', 'filtered'],
  ] as const)('says that a text ended as %s', async (finish, expected) => {
    simulator.script({ text: 'Half a sen', finish });
    expect((await ask('Hello')).finishReason).toBe(expected);
  });

  it('tries again after a refusal for the moment, no sooner than it was told', async () => {
    simulator.script({ status: 429, headers: { 'retry-after': '1' } }, { status: 529 }, { text: 'Now.' });
    expect((await ask('Hello')).text).toBe('Now.');
    expect(simulator.seen).toHaveLength(3);
  });

  it('gives up at once when the provider asks for more time than there is', async () => {
    expect(await failure({ status: 429, headers: { 'retry-after': '60' } })).toMatchObject({
      code: 'http-429',
      category: 'rate-limit',
      retryable: true,
    });
    expect(simulator.seen).toHaveLength(1);
  });

  it.each([
    ['hang', 'timeout', 'connectivity'],
    ['reset', 'unreachable', 'connectivity'],
    ['endless', 'answer-too-large', 'invalid-request'],
    ['not-json', 'answer-malformed', 'server'],
  ] as const)('ends with an error of ours when the provider’s fault is %s', async (fault, code, category) => {
    const error = await failure({ fault });
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ code, category });
  });

  it('is refused with a wrong key, and shows neither key nor the provider’s words', async () => {
    simulator.script({ text: '' });
    const error = await ask('Hello', open('wrong-key')).catch((fault: unknown) => fault as ProviderError);
    expect(error).toMatchObject({ category: 'authentication', retryable: false, code: 'http-401' });
    expect(String((error as ProviderError).message)).not.toMatch(/wrong-key|Incorrect|x-api-key/);
  });

  it('stops when it is aborted', async () => {
    simulator.script({ fault: 'hang' });
    const stop = new AbortController();
    const asked = ask('Hello', open(), stop.signal).catch((fault: unknown) => fault);
    while (simulator.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new TypeError('enough'));
    expect(await asked).toMatchObject({ message: 'enough' });
  });
});

describe('the simulated APIs', () => {
  const post = async (baseUrl: string, path: string, body: object, headers: Record<string, string>) =>
    (
      await fetch(baseUrl + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
    ).status;
  const viaChat = (body: object) =>
    post(chat.baseUrl, '/chat/completions', { model: 'small', ...body }, { authorization: `Bearer ${KEY}` });
  const viaAnthropic = (body: object, version = '2023-06-01') =>
    post(
      anthropic.baseUrl,
      '/messages',
      { model: 'small', ...body },
      { 'x-api-key': KEY, 'anthropic-version': version },
    );
  const user = { role: 'user', content: 'Hi' };
  const assistant = { role: 'assistant', content: 'Hello' };

  it('refuse what the real ones refuse', async () => {
    for (const simulator of [chat, anthropic]) simulator.script({ text: 'Hello' });
    expect(await viaChat({ messages: [user] })).toBe(200);
    expect(await viaChat({ messages: [user], colour: 1 })).toBe(400);
    expect(await viaChat({ messages: [user, { role: 'tool', tool_call_id: 'x', content: '' }] })).toBe(400);
    expect(await viaChat({ messages: [user], model: 'unknown' })).toBe(404);
    expect(await viaAnthropic({ messages: [user], max_tokens: 5 })).toBe(200);
    expect(await viaAnthropic({ messages: [user] })).toBe(400);
    expect(await viaAnthropic({ messages: [user, assistant], max_tokens: 5 })).toBe(400);
    expect(await viaAnthropic({ messages: [assistant], max_tokens: 5 })).toBe(400);
    expect(await viaAnthropic({ messages: [user], max_tokens: 5 }, '')).toBe(400);
  });
});
