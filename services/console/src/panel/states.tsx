import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { RequestRefused } from '../api/problem.ts';
import { useWords } from '../words/index.ts';

/** Loading that is over sooner than this shows nothing: a flash would only disturb. */
const QUIET_MS = 150;

interface EmptyProps {
  readonly title: string;
  readonly hint: string;
  readonly action?: ReactNode;
}

/** Nothing to show, why, and what fills it. */
export function Empty({ title, hint, action }: EmptyProps) {
  return (
    <Stack gap={4} align="center" className="state">
      <Text fw={600} size="sm">
        {title}
      </Text>
      <Text c="dimmed" size="sm" ta="center" maw={460}>
        {hint}
      </Text>
      {action}
    </Stack>
  );
}

/** Rows of the size they will have. */
export function Loading({ rows = 5 }: { readonly rows?: number }) {
  const words = useWords().state;
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Stack gap="xs" p="md" aria-busy="true" mih={rows * 28}>
      <span className="hidden-text" role="status">
        {words.loading}
      </span>
      {isShown && Array.from({ length: rows }, (_, row) => <Skeleton key={row} height={18} />)}
    </Stack>
  );
}

interface RefusedProps {
  readonly error: unknown;
  readonly retry?: () => void;
}

/** A request that was refused: the reason in words, the code to copy, the way on. */
export function Refused({ error, retry }: RefusedProps) {
  const words = useWords();
  const { title, hint, code, mayRetry } = reasonOf(error, words.state);
  return (
    <Stack gap={6} align="center" className="state" role="alert">
      <Text fw={600} size="sm">
        {title}
      </Text>
      <Text c="dimmed" size="sm" ta="center" maw={520}>
        {hint}
      </Text>
      {code !== null && (
        <Text size="xs" c="dimmed">
          {words.state.code} <code>{code}</code>
        </Text>
      )}
      {mayRetry && retry && (
        <Button size="compact-sm" variant="default" onClick={retry}>
          {words.state.retry}
        </Button>
      )}
    </Stack>
  );
}

type StateWords = ReturnType<typeof useWords>['state'];

function reasonOf(error: unknown, words: StateWords) {
  if (!(error instanceof RequestRefused))
    return { title: words.failed, hint: words.broke, code: null, mayRetry: true };
  const { status, problem, missingScope, retryAfterS } = error;
  const code = problem.code;
  if (status === 403) {
    const hint = missingScope === null ? words.notAllowedHint : words.missingScope(missingScope);
    return { title: words.notAllowed, hint, code, mayRetry: false };
  }
  if (status === 404) return { title: words.notFound, hint: words.notFoundHint, code, mayRetry: false };
  if (status === 0) return { title: words.failed, hint: words.unreachable, code, mayRetry: true };
  const hint = status === 429 ? words.waitFor(retryAfterS ?? 60) : problem.detail;
  return { title: words.failed, hint, code, mayRetry: true };
}
