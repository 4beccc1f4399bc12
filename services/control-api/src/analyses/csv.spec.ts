import { describe, expect, it } from '@jest/globals';
import { csvLine } from './csv.ts';

describe('a line of comma-separated values', () => {
  it('keeps texts whole, with quotes, commas and lines', () => {
    expect(csvLine(['a,b', 'say "hi"', 'two\nlines', null, 3, -4])).toBe(
      '"a,b","say ""hi""","two\nlines",,3,-4\r\n',
    );
  });

  it.each(['=1+1', '+12025550123', '-2', '@SUM(A1)', '\t=1', '\r=1', '  =1', '\n@x'])(
    'has no formula in %j',
    (text) => {
      expect(csvLine([text])).toBe(`"'${text}"\r\n`);
    },
  );
});
