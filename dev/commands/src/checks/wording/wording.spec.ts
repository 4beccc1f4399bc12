import { describe, expect, it } from '@jest/globals';
import { findWording } from './wording.ts';

const placesIn = (path: string, ...lines: string[]) =>
  findWording([{ path, text: lines.join('\n') }]).map(({ place, words }) => [place, words]);

// Not written as comments, which the check would read here as well.
const docstring = (text: string) => `/** ${text} */`;
const comment = (text: string) => `// ${text}`;

describe('the word list', () => {
  it.each([
    [docstring('Answers whether it rings.'), 'Answers'],
    [docstring('Of a quiet line.'), 'Of'],
    [docstring('What is heard.'), 'What'],
    [comment('Asked so often.'), 'so often'],
    [comment('It is to be told.'), 'is to be'],
    ["log.warn('whoever calls');", 'whoever'],
    ['log.warn(`${count} whoever calls`);', 'whoever'],
    ["new Gauge({ help: 'callers let wait' });", 'let wait'],
    ["it('waits so long', () => {});", 'so long'],
    ["it.each([1])('waits so long', () => {});", 'so long'],
  ])('finds fault with %s', (code, words) => {
    expect(placesIn('a.ts', code)).toEqual([['a.ts:1', words]]);
  });

  it.each([
    docstring('Returns whether the phone rings.'),
    comment('Answers of callers; what rings.'),
    docstring('Waits so long as the line is open.'),
    "const spoken = 'Whoever calls';",
    "it('waits for a second', () => {});",
  ])('has nothing against %s', (code) => {
    expect(placesIn('a.ts', code)).toEqual([]);
  });

  it('names the line of a match, also of one that goes over two lines', () => {
    const code = [
      '',
      '/**',
      ' * Returns a count. Asked so',
      ' * often.',
      ' */',
      comment('so'),
      comment('much'),
    ];
    expect(placesIn('a.ts', ...code)).toEqual([
      ['a.ts:3', 'so\noften'],
      ['a.ts:6', 'so\nmuch'],
    ]);
  });

  it('reads the prose of a page, not its code', () => {
    const page = ['# Page', '', '```', 'whoever', '```', '', 'Ask `whoever` or whoever.'];
    expect(placesIn('a.md', ...page)).toEqual([['a.md:7', 'whoever']]);
  });
});
