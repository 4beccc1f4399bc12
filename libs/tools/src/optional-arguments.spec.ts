import { describe, expect, it } from '@jest/globals';
import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { declarationsFor, TOOL_DECLARATIONS } from './index.ts';

const DIRECTORY = [
  { key: 'sales', name: 'Sales', address: '+12025550170', mode: 'warm' as const, ringMs: 25_000, hours: [] },
];
const tool = (name: string) => declarationsFor([name], { directory: DIRECTORY })[0]!;
const booking = { service: 'plumbing', start: '2027-03-01T09:00:00-05:00' };
const availability = { service: 'plumbing', date: '2027-03-01' };

describe('an optional argument a model leaves empty', () => {
  it.each([null, '', '  ', '\u200b', '\0'])('is as if absent: %j', (empty) => {
    expect(tool('book_appointment').parse({ ...booking, name: empty, notes: empty })).toEqual({
      ok: true,
      value: booking,
    });
    expect(tool('check_availability').parse({ ...availability, partOfDay: empty })).toEqual({
      ok: true,
      value: availability,
    });
  });

  it('is absent for every tool there is, and whatever is required stays strict', () => {
    for (const { name, parameters } of [...TOOL_DECLARATIONS, tool('transfer_call')]) {
      const { properties = {}, required = [] } = parameters as {
        properties?: Record<string, unknown>;
        required?: string[];
      };
      for (const empty of [null, '']) {
        const given = Object.fromEntries(Object.keys(properties).map((argument) => [argument, empty]));
        const parsed = tool(name).parse(given);
        const problem = parsed.ok ? '' : parsed.problem;
        for (const argument of Object.keys(properties))
          expect([name, argument, new RegExp(`(^|; )${argument}:`).test(problem)]).toEqual([
            name,
            argument,
            required.includes(argument),
          ]);
      }
    }
  });

  it('keeps what is given, without characters that cannot be stored', () => {
    expect(tool('book_appointment').parse({ ...booking, name: 'Al\0ex', notes: '\ud800 gate' })).toEqual({
      ok: true,
      value: { ...booking, name: 'Alex', notes: '\ufffd gate' },
    });
    for (const summary of ['\0', '\u200b'])
      expect(
        tool('transfer_call').parse({ department: 'sales', reason: 'caller-asked', summary }),
      ).toMatchObject({ ok: false });
  });

  it('does not change the schema a model is shown', () => {
    expect(tool('book_appointment').parameters).toMatchObject({
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 120 },
        notes: { type: 'string', maxLength: 500 },
      },
      required: ['service', 'start'],
    });
    expect(tool('check_availability').parameters).toMatchObject({
      properties: { partOfDay: { type: 'string', enum: ['morning', 'afternoon', 'any'] } },
      required: ['service', 'date'],
    });
  });

  it('may be null or empty where a tool means it', () => {
    const means = defineTool({
      name: 'means',
      description: '',
      place: 'worker',
      cancellable: true,
      deadlineMs: 1,
      arguments: z.object({
        size: z.number().optional(),
        label: z.string().default('none'),
        mood: z.string().nullable(),
      }),
    });
    expect(means.parse({ size: null, label: '', mood: null })).toEqual({
      ok: true,
      value: { label: 'none', mood: null },
    });
    expect(means.parse('nonsense')).toMatchObject({ ok: false });
  });
});
