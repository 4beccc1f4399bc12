import { Button, Group, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { phone } from '../format/format.ts';
import { ActButton } from '../panel/act-button.tsx';
import { Confirm } from '../panel/confirm.tsx';
import { DataTable, More } from '../panel/data-table.tsx';
import { FormFault } from '../panel/form-fault.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import {
  useAddMember,
  useDeleteGroup,
  useMembers,
  useRemoveMember,
  type CallerGroup,
} from './callers.queries.ts';

interface MembersProps {
  readonly group: CallerGroup;
  readonly onEdit: () => void;
}

/** The members of a group, by number or by the beginning of numbers. */
export function Members({ group, onEdit }: MembersProps) {
  const { callers: words, act } = useWords();
  const query = useMembers(group.key);
  const remove = useRemoveMember(group.key);
  const drop = useDeleteGroup();
  const [isAsking, setAsking] = useState(false);
  return (
    <Panel
      title={`${group.name} · ${words.members}`}
      actions={
        <Group gap="xs">
          <ActButton scope="admin:write" onClick={onEdit}>
            {act.edit}
          </ActButton>
          <ActButton
            scope="admin:write"
            label={`${act.remove}: ${group.name}`}
            onClick={() => setAsking(true)}
          >
            {act.remove}
          </ActButton>
        </Group>
      }
    >
      <AddMember group={group} />
      <Answered query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return <Empty title={words.noMembers} hint={words.patternHint} />;
          return (
            <>
              <DataTable
                label={words.members}
                rows={rows}
                rowKey={(pattern) => pattern}
                columns={[
                  { key: 'pattern', title: words.pattern, cell: phone },
                  {
                    key: 'acts',
                    title: act.actions,
                    hasQuietTitle: true,
                    isFigure: true,
                    cell: (pattern) => (
                      <ActButton
                        scope="admin:write"
                        label={`${act.remove}: ${pattern}`}
                        onClick={() => remove.mutate(pattern)}
                      >
                        {act.remove}
                      </ActButton>
                    ),
                  },
                ]}
              />
              <More query={query} shown={`${rows.length} / ${group.members}`} />
            </>
          );
        }}
      </Answered>
      <FormFault error={remove.error} />
      <Confirm
        isOpen={isAsking}
        title={words.removeTitle(group.name)}
        text={words.removeText}
        act={act.remove}
        isBusy={drop.isPending}
        error={drop.error}
        onClose={() => setAsking(false)}
        onConfirm={() => drop.mutate(group.key, { onSuccess: () => setAsking(false) })}
      />
    </Panel>
  );
}

function AddMember({ group }: { readonly group: CallerGroup }) {
  const { callers: words, act } = useWords();
  const { may } = useSession();
  const [pattern, setPattern] = useState('');
  const add = useAddMember(group.key);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(pattern, { onSuccess: () => setPattern('') });
  };
  return (
    <form onSubmit={submit} className="filters">
      <TextInput
        size="xs"
        w={260}
        label={words.pattern}
        placeholder={words.patternHint}
        required
        value={pattern}
        onChange={(event) => setPattern(event.currentTarget.value)}
      />
      <Button
        type="submit"
        size="xs"
        variant="default"
        loading={add.isPending}
        disabled={!may('admin:write')}
      >
        {act.add}
      </Button>
      <FormFault error={add.error} />
    </form>
  );
}
