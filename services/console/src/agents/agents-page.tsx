import { Switch, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useFormKey } from '../api/use-act.ts';
import { ActButton } from '../panel/act-button.tsx';
import { DataTable } from '../panel/data-table.tsx';
import { FormDialog } from '../panel/form-dialog.tsx';
import { faultsOf } from '../panel/form-fault.tsx';
import { PageHead } from '../panel/page-head.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { Tag } from '../panel/tag.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { useAgents, useCreateAgent } from './agents.queries.ts';

/** All agents, with what callers get of each. */
export function AgentsPage() {
  const { agents: words } = useWords();
  const { clock } = useSession();
  const [isArchived, setArchived] = useState(false);
  const [isCreating, setCreating] = useState(false);
  const query = useAgents(isArchived);
  return (
    <>
      <PageHead title={words.title}>
        <Switch
          size="xs"
          label={words.showArchived}
          checked={isArchived}
          onChange={(event) => setArchived(event.currentTarget.checked)}
        />
        <ActButton scope="admin:write" isMain onClick={() => setCreating(true)}>
          {words.create}
        </ActButton>
      </PageHead>
      <Panel>
        <Answered query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={words.none} hint={words.noneHint} />
            ) : (
              <DataTable
                label={words.title}
                rows={items}
                rowKey={({ id }) => id}
                columns={[
                  {
                    key: 'name',
                    title: words.name,
                    cell: ({ id, name }) => (
                      <Link to="/agents/$agentId" params={{ agentId: id }} className="row-link">
                        {name}
                      </Link>
                    ),
                  },
                  {
                    key: 'published',
                    title: words.published,
                    cell: ({ publishedVersion }) =>
                      publishedVersion === null ? (
                        <Tag tone="warn">{words.never}</Tag>
                      ) : (
                        <Tag tone="good">{words.version(publishedVersion)}</Tag>
                      ),
                  },
                  { key: 'created', title: words.created, cell: ({ createdAt }) => clock.at(createdAt) },
                ]}
              />
            )
          }
        </Answered>
      </Panel>
      <CreateAgent isOpen={isCreating} onClose={() => setCreating(false)} />
    </>
  );
}

interface CreateAgentProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function CreateAgent({ isOpen, onClose }: CreateAgentProps) {
  const { agents: words } = useWords();
  const [name, setName] = useState('');
  const [key, renew] = useFormKey();
  const create = useCreateAgent();
  const navigate = useNavigate();
  return (
    <FormDialog
      title={words.create}
      isOpen={isOpen}
      isBusy={create.isPending}
      error={create.error}
      fields={['name']}
      onClose={onClose}
      onSubmit={() =>
        create.mutate(
          { name, key },
          {
            onSuccess: ({ id }) => {
              renew();
              void navigate({ to: '/agents/$agentId', params: { agentId: id } });
            },
          },
        )
      }
    >
      <TextInput
        label={words.name}
        required
        maxLength={80}
        value={name}
        error={faultsOf(create.error)['name']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
