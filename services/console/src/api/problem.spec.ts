import { describe, expect, it } from '@jest/globals';
import { fieldOf, RequestRefused, toProblem } from './problem.ts';

const refused = (status: number, body: unknown) => new RequestRefused(status, toProblem(status, body));

describe('a refusal', () => {
  it.each([
    ['hours.0.opens', 'hours'],
    ['/hours/0/opens', 'hours'],
    ['#/name', 'name'],
    ['name', 'name'],
    ['', ''],
  ])('%s belongs to the field %s', (pointer, field) => expect(fieldOf(pointer)).toBe(field));

  it('puts each fault on its field, the first one of several', () => {
    const errors = [
      { field: 'name', message: 'name is taken' },
      { field: 'name', message: 'name is long' },
      { field: 'hours.0.opens', message: 'hours.0.opens is missing' },
    ];
    expect(refused(422, { code: 'invalid', detail: 'no', errors }).fieldFaults()).toEqual({
      name: 'name is taken',
      hours: 'hours.0.opens is missing',
    });
  });

  it('names the scope that is missing, and only where access is refused', () => {
    const detail = 'This key lacks the scope calls:control. Use a key that has it.';
    expect(refused(403, { detail }).missingScope).toBe('calls:control');
    expect(refused(404, { detail }).missingScope).toBeNull();
    expect(refused(403, { detail: 'Not yours.' }).missingScope).toBeNull();
  });

  it.each([null, 'Bad gateway', [], { code: 7 }])('has a code for a body that is no problem: %j', (body) =>
    expect(refused(502, body).problem).toEqual({ code: 'http-502', title: '', detail: '', errors: [] }),
  );
});
