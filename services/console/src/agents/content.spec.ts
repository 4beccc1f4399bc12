import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bySection, changedLines, readJson } from './content.ts';

describe('the content of an agent', () => {
  it('stands by section, in their order, and fields of a newer release come last', () => {
    const content = { later: 1, tools: ['end_call'], model: { kind: 'guided' }, name: 'Sarah' };
    expect(bySection(content)).toEqual([
      { section: 'words', fields: [['name', 'Sarah']] },
      { section: 'models', fields: [['model', { kind: 'guided' }]] },
      { section: 'tools', fields: [['tools', ['end_call']]] },
      { section: 'other', fields: [['later', 1]] },
    ]);
  });

  it('loses no field', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), (content) => {
        const fields = bySection(content).flatMap((each) => each.fields);
        expect(Object.fromEntries(fields)).toEqual({ ...content });
      }),
    );
  });

  it.each([null, [], 'text', 7])('has no section where it is %j', (content) =>
    expect(bySection(content)).toEqual([]),
  );

  it('is JSON, or it is told why not', () => {
    expect(readJson('{"name": "Sarah"}')).toEqual({ value: { name: 'Sarah' } });
    expect(readJson('{"name": }')).toEqual({ fault: expect.stringContaining('Unexpected token') });
  });

  it.each([
    ['a\nb', 'a\nb', 0],
    ['a\nb', 'a\nc', 1],
    ['a', 'a\nb\nc', 2],
    ['a\na', 'a', 1],
  ])('%j became %j: lines changed: %s', (before, after, count) =>
    expect(changedLines(before, after)).toBe(count),
  );
});
