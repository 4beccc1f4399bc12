import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { DataTable } from '../panel/data-table.tsx';
import { faultsOf, FormFault } from '../panel/form-fault.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { useChangePassword, useEndSession, useOwnSessions } from './settings.queries.ts';

/** Where one is signed in, and one's password. */
export function OwnAccount() {
  return (
    <div className="page-grid">
      <Sessions />
      <Password />
    </div>
  );
}

function Sessions() {
  const { settings: words, act } = useWords();
  const { clock } = useSession();
  const query = useOwnSessions();
  const end = useEndSession();
  return (
    <Panel title={words.sessions}>
      <Answered query={query}>
        {({ items }) => (
          <DataTable
            label={words.sessions}
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              {
                key: 'device',
                title: words.device,
                cell: ({ userAgent, isCurrent }) => (
                  <>
                    {userAgent ?? '—'} {isCurrent && <Text span c="dimmed">({words.thisOne})</Text>}
                  </>
                ),
              },
              { key: 'address', title: words.address, cell: ({ address }) => address ?? '—' },
              { key: 'seen', title: words.lastSeen, cell: ({ lastSeenAt }) => clock.at(lastSeenAt) },
              {
                key: 'acts',
                title: act.actions,
                hasQuietTitle: true,
                isFigure: true,
                cell: ({ id, isCurrent, userAgent }) =>
                  isCurrent ? null : (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={`${words.endSession}: ${userAgent ?? id}`}
                      onClick={() => end.mutate(id)}
                    >
                      {words.endSession}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Answered>
      <FormFault error={end.error} />
    </Panel>
  );
}

function Password() {
  const { settings: words, act } = useWords();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useChangePassword();
  const faults = faultsOf(change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { current, password },
      {
        onSuccess: () => {
          setCurrent('');
          setPassword('');
        },
      },
    );
  };
  return (
    <Panel title={words.password}>
      <form onSubmit={submit} className="pad">
        <Stack gap="sm" maw={360}>
          <PasswordInput
            label={words.current}
            autoComplete="current-password"
            required
            value={current}
            error={faults['current']}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
          <PasswordInput
            label={words.fresh}
            autoComplete="new-password"
            required
            value={password}
            error={faults['password']}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <FormFault error={change.error} fields={['current', 'password']} />
          {change.isSuccess && <Text role="status">{act.saved}</Text>}
          <Button type="submit" variant="default" loading={change.isPending}>
            {words.change}
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}
