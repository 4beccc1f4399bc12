import { Alert, Code, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ROLES, type Role } from '../api/people.ts';
import { useFormKey } from '../api/use-act.ts';
import { ActButton } from '../panel/act-button.tsx';
import { DataTable } from '../panel/data-table.tsx';
import { FormDialog } from '../panel/form-dialog.tsx';
import { faultsOf, FormFault } from '../panel/form-fault.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Tag } from '../panel/tag.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { useChangeUser, useInvite, useUsers } from './settings.queries.ts';

/** People who may sign in, and as what. */
export function Users() {
  const { settings: words, act } = useWords();
  const { clock, user: me } = useSession();
  const query = useUsers();
  const change = useChangeUser();
  const [isInviting, setInviting] = useState(false);
  return (
    <Panel
      title={words.users}
      actions={
        <ActButton scope="users:write" isMain onClick={() => setInviting(true)}>
          {words.invite}
        </ActButton>
      }
    >
      <FormFault error={change.error} />
      <Answered query={query}>
        {({ items }) => (
          <DataTable
            label={words.users}
            rows={items}
            rowKey={({ id }) => id}
            isMuted={({ isDisabled }) => isDisabled}
            columns={[
              { key: 'name', title: words.name, cell: ({ name }) => name },
              { key: 'email', title: words.email, cell: ({ email }) => email },
              {
                key: 'role',
                title: words.role,
                cell: ({ id, name, role }) => (
                  <NativeSelect
                    size="xs"
                    aria-label={`${words.role}: ${name}`}
                    value={role}
                    data={ROLES.map((value) => ({ value, label: words.roles[value] }))}
                    onChange={(event) => change.mutate({ id, role: event.currentTarget.value as Role })}
                  />
                ),
              },
              {
                key: 'state',
                title: words.active,
                cell: ({ isDisabled }) => (
                  <Tag tone={isDisabled ? 'plain' : 'good'}>{isDisabled ? words.disabled : words.active}</Tag>
                ),
              },
              {
                key: 'seen',
                title: words.lastSeen,
                cell: ({ lastSeenAt }) => (lastSeenAt === null ? words.never : clock.at(lastSeenAt)),
              },
              {
                key: 'acts',
                title: act.actions,
                hasQuietTitle: true,
                isFigure: true,
                cell: ({ id, name, isDisabled }) =>
                  id === me.id ? null : (
                    <ActButton
                      scope="users:write"
                      label={`${isDisabled ? words.enable : words.disable}: ${name}`}
                      onClick={() => change.mutate({ id, isDisabled: !isDisabled })}
                    >
                      {isDisabled ? words.enable : words.disable}
                    </ActButton>
                  ),
              },
            ]}
          />
        )}
      </Answered>
      {isInviting && <Invite onClose={() => setInviting(false)} />}
    </Panel>
  );
}

function Invite({ onClose }: { readonly onClose: () => void }) {
  const { settings: words } = useWords();
  const [given, setGiven] = useState({ name: '', email: '', role: 'operator' as Role });
  const [key] = useFormKey();
  const invite = useInvite();
  const faults = faultsOf(invite.error);
  return (
    <FormDialog
      title={words.invite}
      isOpen
      act={words.invite}
      isBusy={invite.isPending}
      error={invite.error}
      fields={['name', 'email', 'role']}
      onClose={onClose}
      onSubmit={() => invite.mutate({ ...given, key })}
    >
      <TextInput
        label={words.name}
        required
        value={given.name}
        error={faults['name']}
        onChange={(event) => setGiven({ ...given, name: event.currentTarget.value })}
      />
      <TextInput
        label={words.email}
        type="email"
        required
        value={given.email}
        error={faults['email']}
        onChange={(event) => setGiven({ ...given, email: event.currentTarget.value })}
      />
      <NativeSelect
        label={words.role}
        value={given.role}
        error={faults['role']}
        data={ROLES.map((value) => ({ value, label: `${words.roles[value]}: ${words.rolesHint[value]}` }))}
        onChange={(event) => setGiven({ ...given, role: event.currentTarget.value as Role })}
      />
      {invite.data?.link && (
        <Alert title={words.inviteHint} role="status">
          <Code block>{invite.data.link}</Code>
        </Alert>
      )}
    </FormDialog>
  );
}
