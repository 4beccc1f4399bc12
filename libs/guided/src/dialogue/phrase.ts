/**
 * Phrases a caller may say, as a tree. One tree serves three ends: the recogniser's grammar, the list of
 * words whose pronunciation it needs, and sentences to test both with.
 */
export type Phrase =
  | string
  | { readonly kind: 'one-of'; readonly options: readonly Phrase[] }
  | { readonly kind: 'in-order'; readonly parts: readonly Phrase[] }
  | { readonly kind: 'maybe'; readonly phrase: Phrase };

export function oneOf(...options: readonly Phrase[]): Phrase {
  return { kind: 'one-of', options };
}

export function inOrder(...parts: readonly Phrase[]): Phrase {
  return { kind: 'in-order', parts };
}

export function maybe(...options: readonly Phrase[]): Phrase {
  return { kind: 'maybe', phrase: options.length === 1 ? (options[0] as Phrase) : oneOf(...options) };
}

/**
 * JSGF 1.0 with one public rule (https://www.w3.org/TR/jsgf/). Words are lower case, as in the CMU
 * dictionary.
 */
export function toJsgf(phrase: Phrase): string {
  return `#JSGF V1.0;\ngrammar guided;\npublic <turn> = ${expansion(phrase)};\n`;
}

function expansion(phrase: Phrase): string {
  if (typeof phrase === 'string') return phrase;
  switch (phrase.kind) {
    case 'one-of':
      return `( ${phrase.options.map(expansion).join(' | ')} )`;
    case 'in-order':
      return phrase.parts.map(expansion).join(' ');
    case 'maybe':
      return `[ ${expansion(phrase.phrase)} ]`;
  }
}

export function wordsOf(phrase: Phrase): Set<string> {
  if (typeof phrase === 'string') return new Set(phrase.split(' '));
  const parts =
    phrase.kind === 'one-of' ? phrase.options : phrase.kind === 'in-order' ? phrase.parts : [phrase.phrase];
  return new Set(parts.flatMap((part) => [...wordsOf(part)]));
}

/** One sentence of the phrase. `choose(n)` picks a number from 0 to n - 1. */
export function sampleOf(phrase: Phrase, choose: (count: number) => number): string {
  if (typeof phrase === 'string') return phrase;
  switch (phrase.kind) {
    case 'one-of':
      return sampleOf(phrase.options[choose(phrase.options.length)] as Phrase, choose);
    case 'in-order':
      return phrase.parts
        .map((part) => sampleOf(part, choose))
        .filter((text) => text !== '')
        .join(' ');
    case 'maybe':
      return choose(2) === 0 ? '' : sampleOf(phrase.phrase, choose);
  }
}
