import { createContext, useContext } from 'react';
import type { Language } from '../words/index.ts';

export interface Preferences {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
}

export const PreferencesContext = createContext<Preferences>({
  language: 'en',
  setLanguage: () => undefined,
});
export const usePreferences = (): Preferences => useContext(PreferencesContext);
