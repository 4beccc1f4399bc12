import { describe, expect, it } from '@jest/globals';
import { asStackError, StackError } from './stack-error.ts';

const refused = (code: string): Error =>
  Object.assign(new Error(`${code}: permission denied, open '/srv/secrets.json'`), {
    code,
    path: '/srv/secrets.json',
  });

describe('a refusal of the operating system', () => {
  it.each([
    [
      'EACCES',
      /^\/srv\/secrets\.json cannot be used\. This user may not read or write it \(EACCES\)\.\nRun as/,
    ],
    ['EROFS', /read-only/],
    ['ENOSPC', /full.*\nMake room/s],
  ])('%s becomes a sentence with what to do', (code, told) => {
    expect(asStackError(refused(code))?.message).toMatch(told);
  });

  it('is not any other error, and a finished sentence is kept', () => {
    const sentence = new StackError('It is so.', 'Do that.');
    expect([asStackError(sentence), asStackError(new TypeError('x')), asStackError('x')]).toEqual([
      sentence,
      null,
      null,
    ]);
  });
});
