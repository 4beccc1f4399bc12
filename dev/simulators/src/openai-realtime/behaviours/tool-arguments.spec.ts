import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../wire/json.ts';
import { argumentsFor, fieldsIn, slotsIn, type Known } from './tool-arguments.ts';

const object = (properties: JsonObject, required: string[] = Object.keys(properties)): JsonObject => ({
  type: 'object',
  properties,
  required,
});
const text: JsonObject = { type: 'string' };
describe('arguments for a declared tool', () => {
  const known: Known = {
    name: 'Ada',
    phone: '+491',
    service: 'massage',
    date: '2026-12-01',
    time: '10:00',
    slot: '2026-12-01T10:00:00Z',
    seen: { customerId: 'c-1', count: 3 },
  };

  it('come from the name, the format, the values and the type of each property', () => {
    const parameters = object({
      customerId: text,
      caller_phone: text,
      when: text,
      preferredDate: text,
      language: { type: 'string', enum: ['de', 'en'] },
      count: { type: 'string' },
      minutes: { type: 'number', minimum: 15 },
      confirmed: { type: 'boolean' },
      extras: { type: 'array' },
      details: { type: 'object' },
      code: { type: 'string', pattern: '^\\d+$' },
    });
    expect(argumentsFor({ parameters }, known)).toEqual({
      customerId: 'c-1',
      caller_phone: '+491',
      when: '2026-12-01T10:00:00Z',
      preferredDate: '2026-12-01',
      language: 'de',
      count: 'unspecified',
      minutes: 15,
      confirmed: true,
      extras: [],
      details: {},
      code: 'unspecified',
    });
  });

  it('leave out what is optional and not known', () => {
    expect(argumentsFor({ parameters: object({ note: text, phone: text }, []) }, known)).toEqual({
      phone: '+491',
    });
  });

  it('find offers and fields in outputs of any shape', () => {
    expect(slotsIn('{"result":["2026-12-01T10:00","2026-12-01T11:00"]}').map((slot) => slot.start)).toEqual([
      '2026-12-01T10:00',
      '2026-12-01T11:00',
    ]);
    const result = { slots: [{ slotId: 's-1' }, { slotId: 's-2', start: '2026-12-01T11:30:00+01:00' }] };
    expect(slotsIn(JSON.stringify({ status: 'ok', result })).at(-1)).toEqual({
      start: '2026-12-01T11:30:00+01:00',
      fields: { slotId: 's-2', start: '2026-12-01T11:30:00+01:00' },
    });
    expect(slotsIn('no json')).toEqual([]);
    expect(fieldsIn('{"a":1,"b":{"a":2,"c":[{"d":"x"}]}}')).toEqual({ a: 1, d: 'x' });
    expect(fieldsIn('no json')).toEqual({});
  });
});
