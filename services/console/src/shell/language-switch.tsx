import { NativeSelect } from '@mantine/core';
import { isLanguage, LANGUAGES, useWords } from '../words/index.ts';
import { usePreferences } from './preferences.ts';

/** Chooses the language of the console, by the names its people use. */
export function LanguageSwitch() {
  const words = useWords().account;
  const { language, setLanguage } = usePreferences();
  return (
    <NativeSelect
      size="xs"
      label={words.language}
      value={language}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      onChange={({ currentTarget: { value } }) => isLanguage(value) && setLanguage(value)}
    />
  );
}
