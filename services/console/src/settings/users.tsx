import { Alert, Code, Group, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ROLES, type OneTimeLink, type Role, type User } from '../api/people.ts';
import { useFormKey } from '../api/use-act.ts';
import { ActButton } from '../panel/act-button.tsx';
import { DataTable, More } from '../panel/data-table.tsx';
import { FormDialog } from '../panel/form-dialog.tsx';
import { faultsOf, FormFault } from '../panel/form-fault.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Tag, type Tone } from '../panel/tag.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { useChangeUser, useInvite, useNewLink, useUsers } from './settings.queries.ts';

const TONES: Readonly<Record<User['state'], Tone>> = { invited: 'warn', active: 'good', disabled: 'plain' };

/** People who may sign in, and as what. */
export function Users() {
  const { settings: words, act } = useWords();
  const { clock, user: me } = useSession();
  const query = useUsers();
  const change = useChangeUser();
  const [isInviting, setInviting] = useState(false);
  const [link, setLink] = useState<OneTimeLink | null>(null);
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
        {({ pages }) => (
          <DataTable
            label={words.users}
            rows={pages.flatMap(({ items }) => items)}
            rowKey={({ id }) => id}
            isMuted={({ state }) => state === 'disabled'}
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
                title: words.state,
                cell: ({ state }) => <Tag tone={TONES[state]}>{words.states[state]}</Tag>,
              },
              {
                key: 'seen',
                title: words.lastSeen,
                cell: ({ lastSignInAt }) => (lastSignInAt === null ? words.never : clock.at(lastSignInAt)),
              },
              {
                key: 'acts',
                title: act.actions,
                hasQuietTitle: true,
                isFigure: true,
                cell: (user) => user.id !== me.id && <UserActs user={user} onLink={setLink} />,
              },
            ]}
          />
        )}
      </Answered>
      {query.hasNextPage && <More query={query} shown="" />}
      {link !== null && <LinkShown link={link} />}
      {isInviting && <Invite onClose={() => setInviting(false)} />}
    </Panel>
  );
}

interface UserActsProps {
  readonly user: User;
  readonly onLink: (link: OneTimeLink) => void;
}

function UserActs({ user, onLink }: UserActsProps) {
  const { settings: words } = useWords();
  const change = useChangeUser();
  const newLink = useNewLink();
  const isDisabled = user.state === 'disabled';
  const turn = isDisabled ? words.enable : words.disable;
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <ActButton
        scope="users:write"
        isBusy={newLink.isPending}
        label={`${words.newLink}: ${user.name}`}
        onClick={() => newLink.mutate(user.id, { onSuccess: onLink })}
      >
        {words.newLink}
      </ActButton>
      <ActButton
        scope="users:write"
        label={`${turn}: ${user.name}`}
        isBusy={change.isPending}
        onClick={() => change.mutate({ id: user.id, state: isDisabled ? 'active' : 'disabled' })}
      >
        {turn}
      </ActButton>
    </Group>
  );
}

/** A link that signs somebody in, once. */
function LinkShown({ link }: { readonly link: OneTimeLink }) {
  const { settings: words } = useWords();
  return (
    <Alert title={words.inviteHint} role="status">
      <Code block>{link.url}</Code>
    </Alert>
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
      {invite.data && <LinkShown link={invite.data.link} />}
    </FormDialog>
  );
}
