import { describe, expect, it } from '@jest/globals';
import { agentContentSchema, toSnapshot, type AgentContentInput } from './content.ts';
import { textsOf } from './snapshot.ts';
import { tenantIdSchema } from '../words/ids.ts';
import { withVariant } from './prompt-variant.ts';

const ids = {
  agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
  agentVersion: 1,
  tenantId: tenantIdSchema.parse('0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001'),
};
const content = (change: Partial<AgentContentInput> = {}) =>
  agentContentSchema.parse({
    name: 'Sarah',
    companyName: 'Northwind',
    timeZone: 'UTC',
    instructions: 'Be kind.',
    greeting: 'Hello.',
    texts: { es: { greeting: 'Hola.', idlePrompt: '¿Hola?' } },
    model: { kind: 'guided' },
    ...change,
  });

describe('a prompt variant', () => {
  it('changes what it names and leaves the rest', () => {
    const published = content({
      variants: [
        {
          key: 'short',
          weight: 1,
          greeting: 'Hi.',
          texts: { es: { greeting: 'Buenas.' } },
          turnDetection: { kind: 'preset', preset: 'fast' },
        },
      ],
    });
    const agent = withVariant(toSnapshot(published, ids), published.variants[0]!);
    expect(agent).toMatchObject({
      variantKey: 'short',
      greeting: 'Hi.',
      instructions: 'Be kind.',
      turnDetection: { kind: 'server-vad', silenceMs: 300 },
      agentVersion: 1,
    });
    expect(textsOf(agent, 'es-MX')).toMatchObject({ greeting: 'Buenas.', idlePrompt: '¿Hola?' });
    expect(Object.keys(agent)).not.toContain('weight');
  });

  it('of nothing but a key is the control', () => {
    const plain = toSnapshot(content(), ids);
    expect(withVariant(plain, { key: 'control', weight: 1 })).toEqual({ ...plain, variantKey: 'control' });
  });
});

describe('published content', () => {
  const refusal = (change: Partial<AgentContentInput>) =>
    agentContentSchema
      .safeParse({ ...content(), ...change })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

  it('needs distinct keys, and somebody to get the calls', () => {
    expect(
      refusal({
        variants: [
          { key: 'a', weight: 1 },
          { key: 'a', weight: 1 },
        ],
      }),
    ).toEqual(['variants: two variants have the same key']);
    expect(refusal({ variants: [{ key: 'a', weight: 0 }] })).toEqual([
      'variants: at least one variant needs a weight above 0',
    ]);
    expect(refusal({ variants: [{ key: 'A b', weight: 1 }] })?.[0]).toContain('variants.0.key');
    expect(refusal({ variants: [] })).toBeUndefined();
  });

  it('can be read strictly, so that a misspelt field is told', () => {
    expect(
      agentContentSchema.strict().safeParse({ ...content(), greting: 'x' }).error?.issues[0]?.message,
    ).toContain('greting');
  });
});
