import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAgents } from '../agents/agents.queries.ts';
import { useFormKey } from '../api/use-act.ts';
import { phone } from '../format/format.ts';
import { ActButton } from '../panel/act-button.tsx';
import { DataTable } from '../panel/data-table.tsx';
import { FormDialog } from '../panel/form-dialog.tsx';
import { faultsOf } from '../panel/form-fault.tsx';
import { PageHead } from '../panel/page-head.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { Tag } from '../panel/tag.tsx';
import { useWords } from '../words/index.ts';
import { ClosedDates } from './closed-dates.tsx';
import { NumberDialog } from './number-dialog.tsx';
import { useCreateNumber, useNumbers } from './numbers.queries.ts';

/** All numbers, who answers them and when. */
export function NumbersPage() {
  const { numbers: words, act } = useWords();
  const query = useNumbers();
  const agents = useAgents();
  const nameOf = (id: string) => agents.data?.items.find((agent) => agent.id === id)?.name ?? id.slice(0, 8);
  const [open, setOpen] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <PageHead title={words.title}>
        <ActButton scope="admin:write" isMain onClick={() => setAdding(true)}>
          {words.add}
        </ActButton>
      </PageHead>
      <div className="page-grid">
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
                      key: 'number',
                      title: words.e164,
                      cell: ({ id, e164 }) => (
                        <button type="button" className="row-link link-button" onClick={() => setOpen(id)}>
                          {phone(e164)}
                        </button>
                      ),
                    },
                    {
                      key: 'agent',
                      title: words.agent,
                      cell: ({ agentId }) =>
                        agentId === null ? <Tag tone="warn">{act.none}</Tag> : nameOf(agentId),
                    },
                    {
                      key: 'hours',
                      title: words.hours,
                      cell: ({ isAlwaysOpen }) => (isAlwaysOpen ? words.alwaysOpen : words.byHours),
                    },
                    {
                      key: 'access',
                      title: words.access,
                      cell: ({ accessMode, allowedGroups }) =>
                        accessMode === 'open'
                          ? words.open
                          : `${words.allowList}: ${allowedGroups.join(', ') || act.none}`,
                    },
                    {
                      key: 'withheld',
                      title: words.withheld,
                      cell: ({ withheldCallers }) => words[withheldCallers],
                    },
                    { key: 'language', title: words.language, cell: ({ language }) => language ?? '—' },
                  ]}
                />
              )
            }
          </Answered>
        </Panel>
        <ClosedDates />
      </div>
      {open !== null && <NumberDialog id={open} onClose={() => setOpen(null)} />}
      <AddNumber isOpen={isAdding} onClose={() => setAdding(false)} />
    </>
  );
}

interface AddNumberProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function AddNumber({ isOpen, onClose }: AddNumberProps) {
  const { numbers: words } = useWords();
  const [e164, setE164] = useState('');
  const [agentId, setAgentId] = useState('');
  const [key, renew] = useFormKey();
  const agents = useAgents();
  const create = useCreateNumber();
  const faults = faultsOf(create.error);
  return (
    <FormDialog
      title={words.add}
      isOpen={isOpen}
      isBusy={create.isPending}
      error={create.error}
      fields={['e164', 'agentId']}
      onClose={onClose}
      onSubmit={() =>
        create.mutate(
          { e164, agentId: agentId || null, key },
          {
            onSuccess: () => {
              renew();
              setE164('');
              onClose();
            },
          },
        )
      }
    >
      <TextInput
        label={words.e164}
        description={words.e164Hint}
        type="tel"
        required
        value={e164}
        error={faults['e164']}
        onChange={(event) => setE164(event.currentTarget.value)}
      />
      <NativeSelect
        label={words.agent}
        value={agentId}
        error={faults['agentId']}
        data={[
          { value: '', label: words.noAgent },
          ...(agents.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []),
        ]}
        onChange={(event) => setAgentId(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
