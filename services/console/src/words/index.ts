import { createContext, useContext } from 'react';
import { en, type Words } from './en.ts';

export type { Words } from './en.ts';

/** Languages of the console, by what their people call them. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

export const isLanguage = (text: string | null): text is Language => text !== null && text in LANGUAGES;

/** Loads the words of a language; English is part of the page. */
export async function wordsOf(language: Language): Promise<Words> {
  return language === 'de' ? (await import('./de.ts')).de : en;
}

/** Returns the language chosen before, else the browser's, else English. */
export function firstLanguage(chosen: string | null, preferred: readonly string[]): Language {
  if (isLanguage(chosen)) return chosen;
  return preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

export const WordsContext = createContext<Words>(en);
export const useWords = (): Words => useContext(WordsContext);
