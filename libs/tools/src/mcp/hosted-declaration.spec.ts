import { describe, expect, it } from '@jest/globals';
import { agentContentSchema } from '@tandem/contracts';
import { declarationsFor, type ToolSettings } from '../index.ts';

const settings = (tool: object = {}, more: Partial<ToolSettings> = {}): ToolSettings => ({
  ...agentContentSchema.parse({
    name: 'Sarah',
    companyName: 'Spec',
    timeZone: 'UTC',
    instructions: '',
    model: { kind: 'guided' },
    mcpServers: [
      {
        name: 'shop',
        url: 'https://mcp.example.com/mcp',
        runBy: 'provider',
        headers: { authorization: 'Bearer {secret:A}' },
        tools: [{ name: 'cancel-order', ...tool }],
      },
    ],
  }),
  toolSecrets: { A: 'sealed-a', B: 'sealed-b' },
  openSecret: (name, sealed) => `${sealed} of ${name} opened`,
  ...more,
});
const found = (tool: object = {}, more: Partial<ToolSettings> = {}) =>
  declarationsFor(['shop_cancel_order'], settings(tool, more))[0];

describe('a tool that the provider of the model calls', () => {
  it('has its headers with the secrets put in, where no JSON holds them', () => {
    const tool = found()!;
    expect([tool.place, tool.deadlineMs, tool.lateMs]).toEqual(['provider', 8_000, 60_000]);
    expect(tool.hosted?.headers()).toEqual({ authorization: 'Bearer sealed-a of A opened' });
    expect(JSON.stringify(tool)).not.toContain('opened');
    expect(tool.limits).toEqual({ maxPerCall: 20 });
  });

  it('is not offered where its secret cannot be opened, or secrets are not opened at all', () => {
    expect(found({}, { openSecret: () => null })).toBeUndefined();
    expect(found({}, { toolSecrets: {} })).toBeUndefined();
    const { openSecret: _without, ...closed } = settings();
    expect(declarationsFor(['shop_cancel_order'], closed)).toEqual([]);
  });

  it('takes the limit, the confirmation and the time of its agent', () => {
    const tool = found(
      { isSafeToRepeat: true, confirm: true, timeoutMs: 3_000 },
      { toolPolicy: { shop_cancel_order: { maxPerCall: 1 } } },
    );
    expect([tool?.confirm, tool?.deadlineMs, tool?.lateMs, tool?.limits]).toEqual([
      true,
      3_000,
      0,
      { maxPerCall: 1 },
    ]);
  });

  it('takes any JSON object as arguments, its names in one order, and nothing else', () => {
    const tool = found()!;
    const input = { b: [{ d: 1, c: 'x\0' }], a: null };
    const parsed = tool.parse(input);
    expect(JSON.stringify(parsed)).toBe('{"ok":true,"value":{"a":null,"b":[{"c":"x","d":1}]}}');
    let deep: object = {};
    for (let level = 0; level < 30; level += 1) deep = { deep };
    for (const wrong of [[], 'x', null, deep]) expect(tool.parse(wrong).ok).toBe(false);
  });
});

describe('a server that the provider of the model calls', () => {
  it.each([
    ['fields of the result', { response: { fields: { a: 'a' } } }],
    ['a call that is dropped', { cancellable: true }],
    ['a sentence for the result', { sentences: { ok: 'Say it.' } }],
    ['a sentence for a refusal', { sentences: { refused: 'Say it.' } }],
  ])('is refused with %s, which only a worker can keep to', (_what, tool) => {
    expect(() => settings(tool)).toThrow(/is not possible where the provider/);
  });
});
