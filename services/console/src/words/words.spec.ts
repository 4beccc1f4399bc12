import { describe, expect, it } from '@jest/globals';
import { de } from './de.ts';
import { en } from './en.ts';
import { firstLanguage, wordsOf } from './index.ts';

/** Returns the path of each word; texts and functions that make them end one. */
function pathsOf(words: unknown, path = ''): string[] {
  if (typeof words !== 'object' || words === null) return [`${path} ${typeof words}`];
  return Object.entries(words).flatMap(([key, value]) => pathsOf(value, `${path}.${key}`));
}

describe('the words of the console', () => {
  it('are complete in each language, in the lists by code too', () => {
    expect(pathsOf(de)).toEqual(expect.arrayContaining(pathsOf(en)));
    expect(pathsOf(de)).toHaveLength(pathsOf(en).length);
  });

  it('are translated, but for names and signs', () => {
    const same = (a: unknown, b: unknown, path: string): string[] => {
      if (typeof a === 'string') return a === b && a.includes(' ') ? [path] : [];
      if (typeof a !== 'object' || a === null) return [];
      return Object.entries(a).flatMap(([key, value]) =>
        same(value, (b as Record<string, unknown>)[key], `${path}.${key}`),
      );
    };
    expect(same(en, de, '')).toEqual([]);
  });

  it.each([
    ['de', ['en-US'], 'de'],
    [null, ['fr-FR', 'de-AT', 'en-US'], 'de'],
    [null, ['fr-FR'], 'en'],
    ['xx', [], 'en'],
  ])('with %p chosen and %j preferred begin in %s', (chosen, preferred, language) =>
    expect(firstLanguage(chosen, preferred)).toBe(language),
  );

  it('are loaded by language', async () => {
    expect((await wordsOf('de')).nav.calls).toBe('Anrufe');
    expect((await wordsOf('en')).nav.calls).toBe('Calls');
  });
});
