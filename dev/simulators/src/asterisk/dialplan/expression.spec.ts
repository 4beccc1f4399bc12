import { describe, expect, it } from '@jest/globals';
import { evaluateExpression, ExpressionError } from './expression.ts';

describe('an expression', () => {
  it.each([
    ['"connect" = "connect"', '1'],
    ['"connect" = "wait"', '0'],
    ['connect = "connect"', '1'],
    ['"" = ""', '1'],
    ['10 > 9', '1'],
    ['"10" > "9"', '1'],
    ['"b" > "a"', '1'],
    ['1.0 = 1', '1'],
    ['1 != 2', '1'],
    ['2 <= 2 & 3 >= 4', '0'],
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['7 % 4 - 1', '2'],
    ['5 / 2', '2.5'],
    ['-3 + 1', '-2'],
    ['!0', '1'],
    ['!"x"', '0'],
    ['"" | "second"', 'second'],
    ['"first" | "second"', 'first'],
    ['"first" & 1', 'first'],
    ['0 & 1', '0'],
    ['"" = "" | "x" = "y"', '1'],
    ['1 ? "yes" :: "no"', 'yes'],
    ['"" ? "yes" :: "no"', 'no'],
    ['"abc123" : "[a-z]+"', '3'],
    ['"abc123" : "[a-z]+([0-9]+)"', '123'],
    ['"123abc" : "[a-z]+"', '0'],
    ['"123abc" =~ "[a-z]+"', '3'],
    ['"wait" =~ "^(connect|wait)$"', 'wait'],
    ['"waits" =~ "^(connect|wait)$"', '0'],
    ['', ''],
  ])('%s is %s', (text, expected) => {
    if (text === '') expect(() => evaluateExpression(text)).toThrow(ExpressionError);
    else expect(evaluateExpression(text)).toBe(expected);
  });

  it.each(['= ""', '1 +', '1 2', '(1', '1 )', '"open', '1 ? 2', 'x + 1', '* 2'])('%s is refused', (text) => {
    expect(() => evaluateExpression(text)).toThrow(ExpressionError);
  });
});
