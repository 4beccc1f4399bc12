import { Alert, Checkbox, Code, SimpleGrid, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useFormKey } from '../api/use-act.ts';
import { ActButton } from '../panel/act-button.tsx';
import { Confirm } from '../panel/confirm.tsx';
import { DataTable } from '../panel/data-table.tsx';
import { FormDialog } from '../panel/form-dialog.tsx';
import { faultsOf } from '../panel/form-fault.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { Tag } from '../panel/tag.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { useCreateKey, useKeys, useRevokeKey, type ApiKey, type Scope } from './settings.queries.ts';

/** Keys of programs: what each may do, and when it was used last. */
export function ApiKeys() {
  const { settings: words, act } = useWords();
  const { clock } = useSession();
  const query = useKeys();
  const revoke = useRevokeKey();
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  return (
    <Panel
      title={words.keys}
      actions={
        <ActButton scope="keys:write" isMain onClick={() => setCreating(true)}>
          {words.createKey}
        </ActButton>
      }
    >
      <Answered query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.noKeys} hint={words.noKeysHint} />
          ) : (
            <DataTable
              label={words.keys}
              rows={items}
              rowKey={({ id }) => id}
              isMuted={({ revokedAt }) => revokedAt !== null}
              columns={[
                { key: 'name', title: words.name, cell: ({ name }) => name },
                { key: 'prefix', title: words.prefix, cell: ({ prefix }) => <code>{prefix ?? '—'}</code> },
                {
                  key: 'scopes',
                  title: words.scopes,
                  cell: ({ scopes }) => <span className="wrapped">{scopes.join(', ')}</span>,
                },
                {
                  key: 'used',
                  title: words.used,
                  cell: ({ lastUsedAt }) => (lastUsedAt === null ? words.never : clock.at(lastUsedAt)),
                },
                {
                  key: 'expires',
                  title: words.expires,
                  cell: ({ expiresAt }) => (expiresAt === null ? words.never : clock.at(expiresAt)),
                },
                {
                  key: 'acts',
                  title: act.actions,
                  hasQuietTitle: true,
                  isFigure: true,
                  cell: (key) =>
                    key.revokedAt === null ? (
                      <ActButton
                        scope="keys:write"
                        label={`${words.revoke}: ${key.name}`}
                        onClick={() => setRevoking(key)}
                      >
                        {words.revoke}
                      </ActButton>
                    ) : (
                      <Tag tone="plain">{words.revoked}</Tag>
                    ),
                },
              ]}
            />
          )
        }
      </Answered>
      {isCreating && <CreateKey onClose={() => setCreating(false)} />}
      <Confirm
        isOpen={revoking !== null}
        title={words.revokeTitle(revoking?.name ?? '')}
        text={words.revokeText}
        act={words.revoke}
        isBusy={revoke.isPending}
        error={revoke.error}
        onClose={() => setRevoking(null)}
        onConfirm={() => revoking && revoke.mutate(revoking.id, { onSuccess: () => setRevoking(null) })}
      />
    </Panel>
  );
}

/** A key has scopes of its maker, or fewer. */
function CreateKey({ onClose }: { readonly onClose: () => void }) {
  const { settings: words, act } = useWords();
  const { scopes: own } = useSession();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>([]);
  const [key] = useFormKey();
  const create = useCreateKey();
  const faults = faultsOf(create.error);
  if (create.data)
    return (
      <FormDialog
        title={words.createKey}
        isOpen
        act={act.done}
        isBusy={false}
        error={null}
        fields={[]}
        onClose={onClose}
        onSubmit={onClose}
      >
        <Alert title={words.keyShown} role="status">
          <Code block>{create.data.key}</Code>
        </Alert>
      </FormDialog>
    );
  return (
    <FormDialog
      title={words.createKey}
      isOpen
      isBusy={create.isPending}
      error={create.error}
      fields={['name', 'scopes']}
      onClose={onClose}
      onSubmit={() => create.mutate({ name, scopes: scopes as Scope[], key })}
    >
      <TextInput
        label={words.name}
        required
        maxLength={80}
        value={name}
        error={faults['name']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Checkbox.Group label={words.scopes} value={scopes} onChange={setScopes} error={faults['scopes']}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing={6} mt={6}>
          {own.map((scope) => (
            <Checkbox key={scope} value={scope} label={scope} size="xs" />
          ))}
        </SimpleGrid>
      </Checkbox.Group>
    </FormDialog>
  );
}
