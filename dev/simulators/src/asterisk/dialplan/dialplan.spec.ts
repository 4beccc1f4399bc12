import { describe, expect, it } from '@jest/globals';
import { readDialplan } from '../asterisk-simulator.ts';
import { DialplanError } from './dialplan-error.ts';
import { matchesPattern } from './dialplan.ts';

describe('a dialplan', () => {
  it('is read: globals, numbered and next priorities, labels, comments, includes', () => {
    const dialplan = readDialplan(`
; a comment
[globals]
HOST=one ; and another
[general]
static=yes
[a]
include => b
exten => 100,1,Answer() ; said
 same => n(again),NoOp(x\\;y)
 same => n,Goto(again)
exten => 100,10,Hangup
[b]
exten => _1XX,1,NoOp(pattern)
`);
    const at = (extension: string, priority: number) => dialplan.step({ context: 'a', extension, priority });
    expect(dialplan.globals.get('HOST')).toBe('one');
    expect(at('100', 2)).toMatchObject({ application: 'NoOp', args: 'x;y', label: 'again', line: 10 });
    expect(dialplan.priority('a', '100', 'again')).toBe(2);
    expect(at('100', 10)).toMatchObject({ application: 'Hangup', args: '' });
    expect(at('123', 1)).toMatchObject({ args: 'pattern' });
    expect(at('999', 1)).toBeNull();
    expect(dialplan.withGlobals({ HOST: 'two' }).globals.get('HOST')).toBe('two');
  });

  it.each([
    ['_X.', '12', true],
    ['_X.', '1', false],
    ['_X!', '1', true],
    ['_+1NXX', '+1234', true],
    ['_+1NXX', '+1134', false],
    ['_[+0-9]!', '+4420', true],
    ['_[2-6]XX', '701', false],
    ['_Z', '0', false],
    ['s', 's', true],
    ['s', 'S', false],
  ])('pattern %s takes %s: %s', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected);
  });

  it('takes the pattern that says most', () => {
    const dialplan = readDialplan(
      '[a]\nexten => _X.,1,NoOp(any)\nexten => _1XX,1,NoOp(hundreds)\nexten => _12X,1,NoOp(twenties)',
    );
    const args = (extension: string) => dialplan.step({ context: 'a', extension, priority: 1 })?.args;
    expect(['125', '135', '999'].map(args)).toEqual(['twenties', 'hundreds', 'any']);
  });

  it.each([
    [
      'an application that is not supported',
      '[a]\nexten => s,1,AGI(rm)',
      'test.conf:2: AGI() is not supported',
    ],
    ['a line that is none', '[a]\nexten s 1', 'test.conf:2: not understood: exten s 1'],
    [
      'an extension without application',
      '[a]\nexten => s,1',
      'test.conf:2: not a priority and an application',
    ],
    [
      'a priority twice',
      '[a]\nexten => s,1,Answer()\nexten => s,1,Hangup()',
      'test.conf:3: priority 1 is there already',
    ],
    ['a label twice', '[a]\nexten => s,1(x),Answer()\n same => n(x),Hangup()', 'test.conf:3: label "x"'],
    ['"same" first', '[a]\n same => n,Answer()', 'test.conf:2: "same" before'],
    ['a line before a section', 'exten => s,1,Answer()', 'test.conf:1: before the first section'],
    ['another setting', '[a]\nswitch => Realtime', 'test.conf:2: "switch" is not supported'],
  ])('is refused with %s, and where', (_, text, told) => {
    expect(() => readDialplan(text, { file: 'test.conf' })).toThrow(DialplanError);
    expect(() => readDialplan(text, { file: 'test.conf' })).toThrow(told);
  });
});
