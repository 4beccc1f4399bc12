import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { people } from './api/people.ts';
import { RequestRefused } from './api/problem.ts';
import { keepChoice, readChoice } from './choices.ts';
import { Loading, Refused } from './panel/states.tsx';
import { SessionContext, toSession } from './session/session.ts';
import { SignInPage } from './session/sign-in-page.tsx';
import { PreferencesContext } from './shell/preferences.ts';
import { theme, variables } from './theme.ts';
import { en, type Words } from './words/en.ts';
import { firstLanguage, useWords, WordsContext, wordsOf, type Language } from './words/index.ts';

/** Answers of a moment ago are shown while they are asked for again. */
const FRESH_MS = 2_000;
const RETRIES = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // Asked although the browser says it is offline: it means the internet, and the server may be near.
      networkMode: 'always',
      // A refusal stays one; only what did not answer, or answered 5xx, is worth another try.
      retry: (count, error) =>
        count < RETRIES && error instanceof RequestRefused && (error.status === 0 || error.status >= 500),
    },
    mutations: { networkMode: 'always' },
  },
});
const schemes = localStorageColorSchemeManager({ key: 'tandem-theme' });
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';

// A dialog keeps the page behind it from scrolling by a style of its own, whose maker looks for the nonce
// here.
Object.assign(globalThis, { __webpack_nonce__: nonce });

/** Everything around the pages: look, words, queries and the session. */
export function Root({ children }: { readonly children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <WithWords>
          <WithSession>{children}</WithSession>
        </WithWords>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function WithWords({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() =>
    firstLanguage(readChoice('tandem-language'), navigator.languages),
  );
  const [words, setWords] = useState<Words | null>(language === 'en' ? en : null);
  useEffect(() => {
    let isWanted = true;
    document.documentElement.lang = language;
    void wordsOf(language)
      .catch(() => en)
      .then((loaded) => isWanted && setWords(loaded));
    return () => void (isWanted = false);
  }, [language]);
  const preferences = useMemo(
    () => ({
      language,
      setLanguage: (chosen: Language) => {
        keepChoice('tandem-language', chosen);
        setLanguage(chosen);
      },
    }),
    [language],
  );
  if (words === null) return null;
  return (
    <PreferencesContext value={preferences}>
      <WordsContext value={words}>{children}</WordsContext>
    </PreferencesContext>
  );
}

function WithSession({ children }: { readonly children: ReactNode }) {
  const me = useQuery({ queryKey: ['me'], queryFn: people.me, staleTime: Infinity });
  const { locale } = useWords();
  const session = useMemo(() => me.data && toSession(me.data, locale), [me.data, locale]);
  if (session) return <SessionContext value={session}>{children}</SessionContext>;
  if (me.isPending) return <Loading rows={3} />;
  if (me.error instanceof RequestRefused && me.error.isSignInNeeded) return <SignInPage />;
  return <Refused error={me.error} retry={() => void me.refetch()} />;
}
