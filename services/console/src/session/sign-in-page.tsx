import { Alert, Button, Divider, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { people } from '../api/people.ts';
import { LanguageSwitch } from '../shell/language-switch.tsx';
import { Mark } from '../shell/mark.tsx';
import { useWords } from '../words/index.ts';
import { SignInForm } from './sign-in-form.tsx';
import { takeLinkToken, takeProviderFailure } from './sign-in.ts';

/** Plain http keeps no secure cookie, except on the machine itself. */
const isInsecure = () => !globalThis.isSecureContext;

/** The page before the console: a local account, a provider, or a one-time link. */
export function SignInPage() {
  const words = useWords().session;
  const queries = useQueryClient();
  const ways = useQuery({ queryKey: ['providers'], queryFn: people.providers, retry: false });
  const [failure] = useState(takeProviderFailure);
  const link = useLink();
  const done = () => void queries.invalidateQueries({ queryKey: ['me'] });
  return (
    <main className="sign-in">
      <Paper className="panel sign-in-card" p="xl" withBorder>
        <Stack gap="md">
          <Mark size={36} />
          <div>
            <Title order={1}>{words.title}</Title>
            <Text c="dimmed" size="sm" mt={4}>
              {words.intro}
            </Text>
          </div>
          {isInsecure() && (
            <Alert color="yellow" title={words.insecureTitle}>
              {words.insecure}
            </Alert>
          )}
          {link === 'refused' && <Alert color="red">{words.linkFailed}</Alert>}
          {failure !== null && (
            <Alert color="red" role="alert">
              {words.oidc[failure] ?? words.oidc['oidc-unavailable']}
            </Alert>
          )}
          {link === 'trying' ? (
            <Text role="status">
              <Loader size="xs" mr="xs" />
              {words.byLink}
            </Text>
          ) : (
            // Unknown counts as offered: the form says itself that the server does not answer.
            (ways.data?.password ?? true) && <SignInForm purpose="sign-in" onDone={done} />
          )}
          {ways.data?.oidc && (
            <>
              {ways.data.password && <Divider label={words.or} />}
              <Button component="a" href={ways.data.oidc.start} variant="default" fullWidth>
                {words.withProvider(ways.data.oidc.name)}
              </Button>
            </>
          )}
          <Text size="xs" c="dimmed">
            {words.first}
          </Text>
          <LanguageSwitch />
        </Stack>
      </Paper>
    </main>
  );
}

/** Signs in by the one-time link in the address, if there is one. */
function useLink(): 'none' | 'trying' | 'refused' {
  const [token] = useState(takeLinkToken);
  const [isRefused, setRefused] = useState(false);
  const queries = useQueryClient();
  useEffect(() => {
    if (token === null) return;
    people.signInByLink(token).then(
      () => queries.invalidateQueries({ queryKey: ['me'] }),
      () => setRefused(true),
    );
  }, [token, queries]);
  if (token === null) return 'none';
  return isRefused ? 'refused' : 'trying';
}
