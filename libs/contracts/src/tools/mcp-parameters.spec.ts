import { describe, expect, it } from '@jest/globals';
import { cutParameters } from './mcp-parameters.ts';

const cut = (properties: object, more: object = {}) => cutParameters({ type: 'object', properties, ...more });

describe('the schema of a foreign tool', () => {
  it('keeps what models are shown, and loses limits that its server checks itself', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'findArguments',
      type: 'object',
      properties: {
        id: { type: 'string', title: 'Id', pattern: '^(a+)+$', minLength: 1, description: 'The number.' },
        count: { type: 'integer', minimum: 1, exclusiveMaximum: 9, default: 3 },
        day: { anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }], default: null },
        at: { type: ['string', 'null'], format: 'time' },
        kind: { $ref: '#/$defs/Kind', description: 'Which kind.' },
        fixed: { const: 'a', type: 'string' },
        many: { type: 'array', items: { type: 'number' }, uniqueItems: true },
      },
      required: ['id'],
      additionalProperties: false,
      $defs: { Kind: { enum: ['a', 'b'], type: 'string' } },
    };
    expect(cutParameters(schema)).toEqual({
      parameters: {
        type: 'object',
        properties: {
          id: { type: 'string', minLength: 1, description: 'The number.' },
          count: { type: 'integer', minimum: 1 },
          day: { type: 'string', format: 'date' },
          at: { type: 'string' },
          kind: { type: 'string', enum: ['a', 'b'], description: 'Which kind.' },
          fixed: { type: 'string', enum: ['a'] },
          many: { type: 'array', items: { type: 'number' } },
        },
        required: ['id'],
      },
    });
  });

  it('loses optional arguments that cannot be described, and is refused for required ones', () => {
    const odd = {
      either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
      free: { type: 'object', additionalProperties: true },
      self: { $ref: '#' },
      loop: { $ref: '#/$defs/Loop' },
      away: { $ref: 'https://evil.example/schema.json' },
      constructor: { type: 'string' },
      'a b': { type: 'string' },
    };
    const $defs = { Loop: { $ref: '#/$defs/Loop' } };
    expect(cut(odd, { $defs })).toEqual({ parameters: { type: 'object', properties: {} } });
    for (const name of Object.keys(odd))
      expect(cut(odd, { $defs, required: [name] })).toEqual({ problem: expect.any(String) });
  });

  it.each([
    [null],
    ['text'],
    [{ type: 'string' }],
    [{ type: 'object', properties: { a: { type: 'string', description: 'x'.repeat(65_000) } } }],
    [
      {
        type: 'object',
        properties: Object.fromEntries(
          Array.from({ length: 41 }, (_, index) => [`p${index}`, { type: 'string' }]),
        ),
      },
    ],
  ])('is refused where it is none or too large', (schema) => {
    expect(cutParameters(schema)).toEqual({ problem: expect.any(String) });
  });
});

it('a schema that names one definition in many places is read as far as a model could use it', () => {
  const many = (inner: object) =>
    Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`p${at}`, inner]));
  const $defs = {
    a: { type: 'object', properties: many({ $ref: '#/$defs/b' }) },
    b: { type: 'object', properties: many({ type: 'string' }) },
  };
  const found = cutParameters({ type: 'object', properties: many({ $ref: '#/$defs/a' }), $defs });
  expect(found).toHaveProperty('problem');
  expect(JSON.stringify(found).length).toBeLessThan(1_000);
});
