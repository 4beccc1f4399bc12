import { describe, expect, it } from '@jest/globals';
import { readOptions, splitArguments } from './arguments.ts';
import { ExpressionError } from './expression.ts';
import { substitute } from './substitution.ts';

const VALUES: Readonly<Record<string, string>> = {
  A: 'alpha',
  NAME: 'A',
  N: '3',
  EMPTY: '',
  RAW: '${A}$[1+1]',
};

const put = (text: string) =>
  substitute(text, {
    variable: (name) => VALUES[name] ?? '',
    read: (name, args) => Promise.resolve(`<${name}:${args}>`),
  });

describe('substitution', () => {
  it.each([
    ['plain $ text', 'plain $ text'],
    ['${A} and ${UNSET}.', 'alpha and .'],
    ['${${NAME}}', 'alpha'],
    ['${A:1}', 'lpha'],
    ['${A:1:2}', 'lp'],
    ['${A:-2}', 'ha'],
    ['${A:-3:2}', 'ph'],
    ['${A:0:-1}', 'alph'],
    ['$[${N} + 1]', '4'],
    ['$["${A}" = "alpha"]', '1'],
    ['${CURL(http://x/${A},n=${N})}', '<CURL:http://x/alpha,n=3>'],
    ['${IF($[${N} > 2]?yes:no)}', '<IF:1?yes:no>'],
    ['${CUT(A,-,1):1:3}', 'CUT'],
    ['${RAW}', '${A}$[1+1]'],
  ])('of %s gives %s', async (text, expected) => {
    expect(await put(text)).toBe(expected);
  });

  it.each(['${A', '$[1', '${A b}', '$[${N} +]'])('of %s is refused', async (text) => {
    await expect(put(text)).rejects.toThrow(ExpressionError);
  });
});

describe('arguments', () => {
  it.each([
    ['', []],
    ['a,b', ['a', 'b']],
    ['a,,c', ['a', '', 'c']],
    ['a,', ['a', '']],
    ['f(a,b),c', ['f(a,b)', 'c']],
    ['[::1]:9,x', ['[::1]:9', 'x']],
    ['"a,b",c', ['a,b', 'c']],
    ['a\\,b,c', ['a,b', 'c']],
    ['a),b', ['a)', 'b']],
  ])('%s are split', (text, expected) => {
    expect(splitArguments(text)).toEqual(expected);
  });

  it('hold option letters with what stands in their parentheses', () => {
    expect(readOptions('gm(jazz)U(ctx^1^2)')).toEqual([
      { letter: 'g', argument: null },
      { letter: 'm', argument: 'jazz' },
      { letter: 'U', argument: 'ctx^1^2' },
    ]);
    expect(readOptions('U(open')).toBeNull();
  });
});
