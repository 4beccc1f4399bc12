import { describe, expect, it } from '@jest/globals';
import { httpToolSchema } from '@tandem/contracts';
import { outcomeOfAnswer, type HttpAnswer } from './response.ts';

const tool = (change: object = {}) =>
  httpToolSchema.parse({
    name: 'find_order',
    description: 'Finds an order.',
    url: 'https://api.example.com/orders',
    ...change,
  });
const answer = (change: Partial<HttpAnswer> = {}): HttpAnswer => ({
  kind: 'answer',
  status: 200,
  retryAfterMs: null,
  mediaType: 'application/json',
  text: '{}',
  isCutOff: false,
  ...change,
});
const BODY = JSON.stringify({ a: { b: [{ c: 1 }, { c: 'ü' }] }, n: null, __proto__: { x: 1 } });

describe('the response to an HTTP tool', () => {
  it('is told in the fields asked for, with null for what is not there', () => {
    const fields = { second: 'a.b.1.c', list: 'a.b', none: 'a.z.c', far: 'a.b.7', proto: 'constructor.name' };
    const { text } = answer({ text: BODY });
    expect(outcomeOfAnswer(tool({ response: { fields } }), answer({ text }), true)).toEqual({
      status: 'ok',
      value: { second: 'ü', list: [{ c: 1 }, { c: 'ü' }], none: null, far: null, proto: null },
    });
  });

  it.each<[string, Partial<HttpAnswer>, unknown]>([
    ['whole', { text: '[1]' }, [1]],
    ['as text', { text: 'Shipped.', mediaType: 'text/plain' }, 'Shipped.'],
    ['of another JSON type', { text: '{"a":1}', mediaType: 'application/hal+json' }, { a: 1 }],
    ['as done when it is empty', { text: '', status: 204 }, { done: true }],
  ])('is told %s', (_what, change, value) => {
    expect(outcomeOfAnswer(tool(), answer(change), true)).toEqual({ status: 'ok', value });
  });

  it.each<[string, Partial<HttpAnswer>]>([
    ['a page', { mediaType: 'text/html', text: '<html>' }],
    ['broken JSON', { text: '{"a":' }],
    ['more than is read', { isCutOff: true }],
    ['more than the model is told', { text: JSON.stringify('x'.repeat(9_000)) }],
    ['JSON nested deep', { text: '['.repeat(30) + ']'.repeat(30) }],
  ])('that is %s fails a request for knowledge, and is done where something was', (_what, change) => {
    expect(outcomeOfAnswer(tool(), answer(change), true)).toMatchObject({ status: 'failed' });
    expect(outcomeOfAnswer(tool(), answer(change), false)).toEqual({ status: 'ok', value: { done: true } });
  });

  it('of a refusal is explained by the tool, by the response, or in general', () => {
    const refusal = answer({
      status: 409,
      mediaType: 'application/problem+json',
      text: JSON.stringify({ detail: 'x'.repeat(500) }),
    });
    expect(outcomeOfAnswer(tool(), refusal, false)).toEqual({
      status: 'refused',
      reason: 'http-409',
      detail: 'x'.repeat(300),
    });
    const own = tool({ sentences: { refused: 'Already shipped.' } });
    expect(outcomeOfAnswer(own, refusal, false)).toMatchObject({ detail: 'Already shipped.' });
    expect(outcomeOfAnswer(tool(), answer({ status: 404, text: '{"detail":"x"}' }), true)).toMatchObject({
      detail: expect.stringContaining('The system refused this.'),
    });
  });

  it.each([
    [301, false],
    [401, false],
    [403, false],
    [429, true],
    [500, true],
    [503, true],
  ])('of %i has failed; whether it may be tried again: %s', (status, retryable) => {
    expect(outcomeOfAnswer(tool(), answer({ status }), true)).toMatchObject({ status: 'failed', retryable });
  });
});
