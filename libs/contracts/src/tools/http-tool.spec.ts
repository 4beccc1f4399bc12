import { describe, expect, it } from '@jest/globals';
import { bodyOf, httpToolSchema, isSafeToRepeat, secretNamesOf } from './http-tool.ts';

const TOOL = {
  name: 'find_order',
  description: 'Finds an order.',
  parameters: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  url: 'https://api.example.com/orders/{id}',
};
const read = (change: object) => httpToolSchema.safeParse({ ...TOOL, ...change });
const problems = (change: object) =>
  read(change).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
const parameters = (node: object) => ({ parameters: { type: 'object', properties: { id: node } } });

describe('the declaration of an HTTP tool', () => {
  it('has defaults by its method', () => {
    const of = (method: string) => httpToolSchema.parse({ ...TOOL, method });
    expect(['GET', 'DELETE', 'POST', 'PUT', 'PATCH'].map((method) => bodyOf(of(method)).kind)).toEqual([
      'none',
      'none',
      'arguments',
      'arguments',
      'arguments',
    ]);
    expect(['GET', 'PUT'].map((method) => isSafeToRepeat(of(method)))).toEqual([true, false]);
  });

  it('names its secrets, each once', () => {
    const headers = { a: '{secret:A} {secret:B}', b: 'x {secret:A}', c: 'fixed' };
    expect(secretNamesOf({ headers })).toEqual(['A', 'B']);
  });

  it.each<[string, object, string]>([
    [
      'has a long schema',
      parameters({ type: 'string', enum: ['x'.repeat(101)] }),
      'must list 1 to 50 values',
    ],
    ['has an endless enum', parameters({ type: 'string', enum: Array(51).fill('a') }), 'must list 1 to 50'],
    [
      'mixes types',
      parameters({ type: 'integer', enum: [1, 'a'] }),
      'must list 1 to 50 values of type integer',
    ],
    ['has a list of anything', parameters({ type: 'array' }), 'items: must be a schema'],
    [
      'requires what there is not',
      { parameters: { ...TOOL.parameters, required: ['x'] } },
      'names of properties',
    ],
    ['is open', parameters({ type: 'object', additionalProperties: true }), 'can only be false'],
    ['has a strange format', parameters({ type: 'string', format: 'regex' }), 'must be one of date'],
    ['has negative lengths', parameters({ type: 'string', minLength: -1 }), 'must be a whole number'],
    ['has choices', parameters({ anyOf: [{ type: 'string' }] }), 'type: must be one of'],
    ['has a list in its URL', parameters({ type: 'array', items: { type: 'string' } }), 'must not hold id'],
    [
      'has many secrets',
      { headers: { a: '{secret:A}{secret:B}{secret:C}{secret:D}{secret:E}' } },
      'at most 4',
    ],
    ['has one header twice', { headers: { a: '1', A: '2' } }, 'must not have one name twice'],
    [
      'has a deep template',
      { method: 'POST', body: { kind: 'template', template: [[[[[[['x']]]]]]] } },
      'nested deeper than 6',
    ],
    ['has no template', { method: 'POST', body: { kind: 'template' } }, 'body.template: '],
  ])('is refused when it %s', (_what, change, problem) => {
    expect(problems(change).join('\n')).toContain(problem);
  });

  it('is refused when it is larger than a call can carry', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 41 }, (_, index) => [`p${index}`, { type: 'string' }]),
    );
    expect(problems({ parameters: { type: 'object', properties } }).join()).toContain('40 are allowed');
    const long = parameters({ type: 'string', description: 'x'.repeat(4_000) });
    expect(problems(long).join()).toContain('at most 4000 characters');
  });
});
