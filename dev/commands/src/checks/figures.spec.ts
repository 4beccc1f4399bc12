import { describe, expect, it } from '@jest/globals';
import { measure } from './figures.ts';
import { importCycles } from './import-cycles.ts';

const file = (path: string, ...lines: string[]) => ({ path, text: `${lines.join('\n')}\n` });
const valueOf = (name: RegExp, ...files: ReturnType<typeof file>[]) =>
  measure(files).find((figure) => name.test(figure.name));

describe('the figures of the checkout', () => {
  it('count lines over 110 columns, addresses excepted', () => {
    const long = `const text = '${'x'.repeat(100)}';`;
    const figure = valueOf(/columns/, file('libs/a/src/a.ts', long, `// https://example.com/${long}`, 'ok'));
    expect(figure).toMatchObject({ value: 1, limit: 0, places: ['libs/a/src/a.ts:1'] });
  });

  it('count a circle of type-only imports, once, over any number of files', () => {
    const files = [
      file('libs/a/src/a.ts', "import type { B } from './b.ts';"),
      file('libs/a/src/b.ts', "import { c } from './in/c.ts';"),
      file('libs/a/src/in/c.ts', "export type { A } from '../a.ts';"),
      file('libs/a/src/d.ts', "import './a.ts';"),
    ];
    expect(importCycles(files)).toEqual([['libs/a/src/a.ts', 'libs/a/src/b.ts', 'libs/a/src/in/c.ts']]);
  });

  it('count folders of more than 20 source files, specs and migrations excepted', () => {
    const folder = (path: string, ending: string, count: number) =>
      Array.from({ length: count }, (_, index) => file(`${path}/f${index}${ending}`));
    const figure = valueOf(
      /folders/,
      ...folder('libs/a/src', '.ts', 21),
      ...folder('libs/b/src', '.spec.ts', 21),
      ...folder('libs/database/src/migrations', '.ts', 21),
    );
    expect(figure).toMatchObject({ value: 1, places: ['libs/a/src: 21'] });
  });

  it('count the lines of functions without blank lines and comments', () => {
    const lines = ['function f() {', '  // why', '', ...Array<string>(39).fill('  g();'), '}'];
    expect(valueOf(/function, p99/, file('libs/a/src/a.ts', ...lines))).toMatchObject({
      value: 41,
      places: ['libs/a/src/a.ts:1: 41'],
    });
  });
});
