import { Button, Code, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { DataTable } from '../panel/data-table.tsx';
import { faultsOf, FormFault } from '../panel/form-fault.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import {
  useChangePassword,
  useEndSession,
  useOwnSessions,
  useRemoveTotp,
  useSetTotp,
} from './settings.queries.ts';

/** Where one is signed in, one's password and second factor. */
export function OwnAccount() {
  return (
    <div className="page-grid">
      <Sessions />
      <Password />
      <SecondFactor />
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
        {({ items, failures }) => (
          <>
            <DataTable
              label={words.sessions}
              rows={items}
              rowKey={({ id }) => id}
              columns={[
                {
                  key: 'device',
                  title: words.device,
                  cell: ({ userAgent, isCurrent }) =>
                    isCurrent ? `${userAgent} (${words.thisOne})` : userAgent,
                },
                { key: 'address', title: words.address, cell: ({ address }) => address },
                { key: 'seen', title: words.lastSeen, cell: ({ lastSeenAt }) => clock.at(lastSeenAt) },
                {
                  key: 'acts',
                  title: act.actions,
                  hasQuietTitle: true,
                  isFigure: true,
                  cell: ({ id, isCurrent, userAgent }) =>
                    !isCurrent && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={`${words.endSession}: ${userAgent}`}
                        onClick={() => end.mutate(id)}
                      >
                        {words.endSession}
                      </Button>
                    ),
                },
              ]}
            />
            {failures.length > 0 && (
              <Text size="sm" className="pad" c="dimmed">
                {words.failures}:{' '}
                {failures.map(({ at, address }) => `${clock.at(at)} (${address})`).join(', ')}
              </Text>
            )}
          </>
        )}
      </Answered>
      <FormFault error={end.error} />
    </Panel>
  );
}

function Password() {
  const { settings: words, act } = useWords();
  const [password, setPassword] = useState('');
  const change = useChangePassword();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(password, { onSuccess: () => setPassword('') });
  };
  return (
    <Panel title={words.password}>
      <form onSubmit={submit} className="pad">
        <Stack gap="sm" maw={360}>
          <PasswordInput
            label={words.fresh}
            autoComplete="new-password"
            required
            value={password}
            error={faultsOf(change.error)['password']}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <FormFault error={change.error} fields={['password']} />
          {change.isSuccess && (
            <Text role="status" size="sm">
              {act.saved}
            </Text>
          )}
          <Button type="submit" variant="default" loading={change.isPending}>
            {words.change}
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}

function SecondFactor() {
  const { settings: words } = useWords();
  const { user } = useSession();
  const set = useSetTotp();
  const remove = useRemoveTotp();
  return (
    <Panel title={words.totp}>
      <Stack gap="sm" className="pad" align="flex-start">
        <Text size="sm">{user.hasTotp ? words.totpOn : words.totpOff}</Text>
        {user.hasTotp ? (
          <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate(undefined)}>
            {words.totpRemove}
          </Button>
        ) : set.data?.secret ? (
          <TotpCode secret={set.data.secret} isBusy={set.isPending} onCode={set.mutate} />
        ) : (
          <Button variant="default" loading={set.isPending} onClick={() => set.mutate(null)}>
            {words.totpBegin}
          </Button>
        )}
        <FormFault error={set.error ?? remove.error} />
      </Stack>
    </Panel>
  );
}

interface TotpCodeProps {
  readonly secret: string;
  readonly isBusy: boolean;
  readonly onCode: (code: string) => void;
}

function TotpCode({ secret, isBusy, onCode }: TotpCodeProps) {
  const { settings: words, session } = useWords();
  const [code, setCode] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCode(code);
  };
  return (
    <form onSubmit={submit}>
      <Text size="sm" mb="xs">
        {words.totpSecret}
      </Text>
      <Code block>{secret}</Code>
      <Group align="flex-end" mt="sm">
        <TextInput
          label={session.code}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={isBusy}>
          {words.totpConfirm}
        </Button>
      </Group>
    </form>
  );
}
