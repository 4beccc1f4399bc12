import { describe, expect, it } from '@jest/globals';
import { describeOutcome, httpToolSchema } from '@tandem/contracts';
import { declarationsFor } from '../index.ts';

const tool = (change: object = {}) =>
  httpToolSchema.parse({
    name: 'move_visit',
    description: 'Moves a visit.',
    method: 'POST',
    url: 'https://api.example.com/visits',
    parameters: {
      type: 'object',
      properties: {
        day: { type: 'string', format: 'date', description: 'The new day.' },
        reason: { type: 'string', enum: ['ill', 'other'] },
        people: { type: 'integer', minimum: 1, maximum: 9 },
        lines: {
          type: 'array',
          maxItems: 2,
          items: { type: 'object', properties: { id: { type: 'string', maxLength: 3 } }, required: ['id'] },
        },
      },
      required: ['day'],
    },
    headers: { authorization: '{secret:A}' },
    ...change,
  });
const declared = (change: object = {}) =>
  declarationsFor(['move_visit'], {
    httpTools: [tool(change)],
    toolSecrets: { A: 'sealed', B: 'other' },
  })[0]!;

describe('a tool an agent declares', () => {
  it('is offered to the model with a schema that takes nothing else', () => {
    const { parameters, place, deadlineMs, cancellable } = declared();
    expect([place, deadlineMs, cancellable]).toEqual(['worker', 8_000, false]);
    expect(parameters).toMatchObject({
      properties: { day: { format: 'date' }, lines: { items: { additionalProperties: false } } },
      required: ['day'],
      additionalProperties: false,
    });
  });

  it.each<[object, boolean]>([
    [{ day: '2027-03-01' }, true],
    [{ day: '2027-03-01', reason: '', people: null }, true],
    [{ day: '2027-03-01', reason: 'ill', people: 9, lines: [{ id: 'abc' }] }, true],
    [{}, false],
    [{ day: '2027-02-30' }, false],
    [{ day: '2027-03-01', reason: 'bored' }, false],
    [{ day: '2027-03-01', people: 1.5 }, false],
    [{ day: '2027-03-01', people: 10 }, false],
    [{ day: '2027-03-01', lines: [{ id: 'abcd' }] }, false],
    [{ day: '2027-03-01', lines: [{}] }, false],
    [{ day: '2027-03-01', lines: [{ id: 'a', x: 1 }] }, false],
    [{ day: '2027-03-01', lines: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] }, false],
    [{ day: '2027-03-01', tenantId: 'other' }, false],
  ])('checks arguments: %j', (input, isOk) => {
    expect(declared().parse(input).ok).toBe(isOk);
  });

  it('brings the secrets it names, and no other', () => {
    expect(declared().http?.secrets).toEqual({ A: 'sealed' });
  });

  it('does not say that nothing was changed where it cannot know', () => {
    const failed = { status: 'failed', code: 'http-503', retryable: true } as const;
    expect(describeOutcome(failed, declared())).not.toContain('Nothing was changed');
    expect(describeOutcome(failed, declared({ method: 'GET' }))).toContain('Nothing was changed');
    const sentences = { failed: 'Call us.', ok: 'Tell the caller the new day.' };
    expect(describeOutcome(failed, declared({ sentences }))).toContain('Call us.');
    expect(describeOutcome({ status: 'ok', value: 1 }, declared({ sentences }))).toBe(
      '{"status":"ok","result":1,"message":"Tell the caller the new day."}',
    );
  });

  it('does not replace a tool of ours, and has the limits of its agent', () => {
    const [ours, own] = declarationsFor(['end_call', 'move_visit'], {
      httpTools: [tool({ name: 'end_call' }), tool()],
      toolPolicy: { move_visit: { maxPerCall: 1 } },
    });
    expect([ours?.place, ours?.http, own?.limits]).toEqual(['call', undefined, { maxPerCall: 1 }]);
  });
});
