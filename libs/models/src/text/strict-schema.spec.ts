import { describe, expect, it } from '@jest/globals';
import { toStrictSchema, withoutAbsent } from './strict-schema.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    name: { type: 'string', description: 'Full name.', maxLength: 40 },
    age: { type: 'integer', minimum: 0, maximum: 150 },
    rooms: {
      type: 'array',
      maxItems: 3,
      items: {
        type: 'object',
        properties: { kind: { type: 'string', enum: ['bath', 'kitchen'] }, note: { type: 'string' } },
        required: ['kind'],
      },
    },
  },
  required: ['name', 'rooms'],
};

describe('a schema in the strict form', () => {
  it('requires everything, closes objects and says bounds in words', () => {
    expect(toStrictSchema(SCHEMA)).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', description: 'Full name. At most 40 characters.' },
        age: {
          anyOf: [{ type: 'integer', description: 'At least 0. At most 150.' }, { type: 'null' }],
        },
        rooms: {
          type: 'array',
          description: 'At most 3 entries.',
          items: {
            type: 'object',
            properties: {
              kind: { type: 'string', enum: ['bath', 'kitchen'] },
              note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
            },
            required: ['kind', 'note'],
            additionalProperties: false,
          },
        },
      },
      required: ['name', 'age', 'rooms'],
      additionalProperties: false,
    });
  });

  it('is answered with null for what is absent, which is taken out; a required null stays', () => {
    expect(
      withoutAbsent(SCHEMA, {
        name: null,
        age: null,
        rooms: [{ kind: 'bath', note: null }],
        constructor: 'x',
      }),
    ).toEqual({ name: null, rooms: [{ kind: 'bath' }], constructor: 'x' });
  });

  it('takes any value apart without a fault', () => {
    for (const value of [null, 'text', 3, [], [null], { rooms: 'none' }])
      expect(() => withoutAbsent(SCHEMA, value)).not.toThrow();
  });
});
