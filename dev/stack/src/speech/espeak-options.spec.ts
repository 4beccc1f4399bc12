import { describe, expect, it } from '@jest/globals';
import { readEspeakOptions } from './espeak-options.ts';

describe('command line of espeak-ng', () => {
  it.each([
    {
      line: ['-v', 'en-gb', '-s', '150', '-w', 'out.wav', 'hello', 'there'],
      request: { voice: 'en-gb', rate: 150, outputFile: 'out.wav', text: 'hello there' },
    },
    {
      line: ['-ven-us+f3', '-s150', '--stdout', 'hello'],
      request: { voice: 'en-us+f3', rate: 150, outputFile: null, text: 'hello' },
    },
    { line: ['--stdin', '--stdout'], request: { voice: 'en-us', rate: null, outputFile: null, text: null } },
    {
      line: ['-p', '50', '-a', '100', '-g', '1', '-m', '-z', '-b', '1', 'hello'],
      request: { voice: 'en-us', rate: null, outputFile: null, text: 'hello' },
    },
    {
      line: ['--', '-v is an option'],
      request: { voice: 'en-us', rate: null, outputFile: null, text: '-v is an option' },
    },
  ])('$line', ({ line, request }) => {
    expect(readEspeakOptions(line)).toEqual(request);
  });

  it('with an unknown option is refused', () => {
    expect(() => readEspeakOptions(['--voices'])).toThrow(/--voices/);
  });
});
