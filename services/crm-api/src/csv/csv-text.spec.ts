import { describe, expect, it } from '@jest/globals';
import type { Problem } from '@tandem/platform';
import { csvLine, readCsv } from './csv-text.ts';

const SHAPE = { columns: ['phone', 'name', 'notes'], ignored: ['id'], most: 3 } as const;
const shape = { ...SHAPE, columns: [...SHAPE.columns] as [string, ...string[]] };
const read = (text: string) => readCsv(text, shape);

const faultOf = (text: string): unknown => {
  try {
    return read(text);
  } catch (error) {
    return (error as Problem).getResponse();
  }
};

describe('a CSV file', () => {
  it.each([
    ['commas', 'phone,name\r\n+1,"Morgan, Alex"\r\n'],
    ['semicolons and a byte order mark', '\ufeffphone;name\n+1;Morgan, Alex\n'],
    ['tabs', 'phone\tname\n+1\tMorgan, Alex'],
    ['apostrophes before what looks like a formula', 'phone,name\n\'+1,"Morgan, Alex"'],
  ])('is read with %s', (_what, text) => {
    expect(read(text)).toEqual([{ line: 2, cells: { phone: '+1', name: 'Morgan, Alex' }, fault: null }]);
  });

  it('has quotes and lines in cells, and tells the line each row begins in', () => {
    expect(read('phone,notes,id\n+1,"two\nlines ""quoted""",x\n\n+2,,\n')).toMatchObject([
      { line: 2, cells: { phone: '+1', notes: 'two\nlines "quoted"' } },
      { line: 5, cells: { phone: '+2' } },
    ]);
  });

  it('may have a row with too few or too many cells, which says so', () => {
    const rows = read('phone,name\n+1\n+2,Alex,more\n');
    expect(rows.map(({ line, fault }) => [line, fault?.slice(0, 11)])).toEqual([
      [2, 'has 1 cells'],
      [3, 'has 3 cells'],
    ]);
  });

  it.each([
    ['', 'line 1'],
    ['name\nAlex', 'line 1'],
    ['phone,salary\n+1,9', 'line 1'],
    ['phone,phone\n+1,+2', 'line 1'],
    ['phone,name\n+1,"Alex', 'line '],
  ])('is refused as %j', (text, place) => {
    const { code, errors } = faultOf(text) as { code: string; errors: { field: string }[] };
    expect([code, errors[0]?.field.startsWith(place)]).toEqual(['invalid-request', true]);
  });

  it('has a bound on its rows', () => {
    expect(faultOf('phone\n+1\n+2\n+3\n+4\n')).toMatchObject({ code: 'too-many-rows' });
    expect(read('phone\n+1\n+2\n+3\n')).toHaveLength(3);
  });

  it('is written so that no spreadsheet runs a formula, and can be read again', () => {
    const line = csvLine(['+12025550123', '=HYPERLINK("x")', '-1 day', '@x', 'a;b', 'two\nlines', 7, null]);
    expect(line).toBe(`'+12025550123,"'=HYPERLINK(""x"")",'-1 day,'@x,"a;b","two\nlines",7,\r\n`);
    expect(read(`phone,name\r\n${csvLine(['+12025550123', '=x'])}`)[0]?.cells).toEqual({
      phone: '+12025550123',
      name: '=x',
    });
  });
});
