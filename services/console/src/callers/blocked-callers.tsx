import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { phone } from '../format/format.ts';
import { useNumbers } from '../numbers/numbers.queries.ts';
import { ActButton } from '../panel/act-button.tsx';
import { DataTable, More } from '../panel/data-table.tsx';
import { FormDialog } from '../panel/form-dialog.tsx';
import { faultsOf, FormFault } from '../panel/form-fault.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { useBlock, useBlocked, useUnblock } from './callers.queries.ts';

/** Callers who are refused before an agent hears them. */
export function BlockedCallers() {
  const { callers: words, act } = useWords();
  const { clock } = useSession();
  const query = useBlocked();
  const numbers = useNumbers();
  const unblock = useUnblock();
  const [isAdding, setAdding] = useState(false);
  const numberOf = (id: string) => numbers.data?.items.find((number) => number.id === id)?.e164 ?? id;
  return (
    <Panel
      title={words.blocked}
      actions={
        <ActButton scope="admin:write" onClick={() => setAdding(true)}>
          {words.block}
        </ActButton>
      }
    >
      <Answered query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return <Empty title={words.noneBlocked} hint={words.noneBlockedHint} />;
          return (
            <>
              <DataTable
                label={words.blocked}
                rows={rows}
                rowKey={({ pattern, numberId }) => pattern + (numberId ?? '')}
                columns={[
                  { key: 'pattern', title: words.pattern, cell: ({ pattern }) => phone(pattern) },
                  {
                    key: 'at',
                    title: words.at,
                    cell: ({ numberId }) =>
                      numberId === null ? words.allNumbers : phone(numberOf(numberId)),
                  },
                  { key: 'note', title: words.note, cell: ({ note }) => note },
                  { key: 'since', title: words.since, cell: ({ createdAt }) => clock.at(createdAt) },
                  {
                    key: 'acts',
                    title: act.actions,
                    hasQuietTitle: true,
                    isFigure: true,
                    cell: (blocked) => (
                      <ActButton
                        scope="admin:write"
                        label={`${words.unblock}: ${blocked.pattern}`}
                        onClick={() => unblock.mutate(blocked)}
                      >
                        {words.unblock}
                      </ActButton>
                    ),
                  },
                ]}
              />
              {query.hasNextPage && <More query={query} shown={String(rows.length)} />}
            </>
          );
        }}
      </Answered>
      <FormFault error={unblock.error} />
      <BlockForm isOpen={isAdding} onClose={() => setAdding(false)} />
    </Panel>
  );
}

interface BlockFormProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function BlockForm({ isOpen, onClose }: BlockFormProps) {
  const { callers: words } = useWords();
  const [pattern, setPattern] = useState('');
  const [note, setNote] = useState('');
  const block = useBlock();
  const faults = faultsOf(block.error);
  return (
    <FormDialog
      title={words.block}
      isOpen={isOpen}
      act={words.block}
      isBusy={block.isPending}
      error={block.error}
      fields={['pattern', 'note']}
      onClose={onClose}
      onSubmit={() => block.mutate({ pattern, note }, { onSuccess: onClose })}
    >
      <TextInput
        label={words.pattern}
        description={words.patternHint}
        required
        value={pattern}
        error={faults['pattern']}
        onChange={(event) => setPattern(event.currentTarget.value)}
      />
      <TextInput
        label={words.note}
        value={note}
        maxLength={500}
        error={faults['note']}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
