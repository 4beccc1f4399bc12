import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { ActButton } from '../panel/act-button.tsx';
import { FormDialog } from '../panel/form-dialog.tsx';
import { faultsOf } from '../panel/form-fault.tsx';
import { PageHead } from '../panel/page-head.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { useWords } from '../words/index.ts';
import { BlockedCallers } from './blocked-callers.tsx';
import { Members } from './members.tsx';
import { useGroups, usePutGroup, type CallerGroup } from './callers.queries.ts';

/** Groups of callers with their members, and callers who are refused. */
export function CallersPage() {
  const { callers: words } = useWords();
  const query = useGroups();
  const [chosen, setChosen] = useState<string | null>(null);
  const [editing, setEditing] = useState<CallerGroup | 'new' | null>(null);
  const shown = query.data?.items.find(({ key }) => key === chosen) ?? query.data?.items[0];
  return (
    <>
      <PageHead title={words.title} />
      <div className="page-grid">
        <div className="split">
          <Panel
            title={words.groups}
            actions={
              <ActButton scope="admin:write" onClick={() => setEditing('new')}>
                {words.add}
              </ActButton>
            }
          >
            <Answered query={query}>
              {({ items }) =>
                items.length === 0 ? (
                  <Empty title={words.none} hint={words.noneHint} />
                ) : (
                  <ul className="side-list">
                    {items.map(({ key, name, members }) => (
                      <li key={key}>
                        <button
                          type="button"
                          aria-current={key === shown?.key}
                          onClick={() => setChosen(key)}
                        >
                          <span>{name}</span>
                          <span className="dimmed">{members}</span>
                        </button>
                      </li>
                    ))}
                  </ul>
                )
              }
            </Answered>
          </Panel>
          {shown && <Members key={shown.key} group={shown} onEdit={() => setEditing(shown)} />}
        </div>
        <BlockedCallers />
      </div>
      {editing !== null && (
        <GroupForm start={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
    </>
  );
}

interface GroupFormProps {
  /** Null for a new one. */
  readonly start: CallerGroup | null;
  readonly onClose: () => void;
}

function GroupForm({ start, onClose }: GroupFormProps) {
  const { callers: words } = useWords();
  const [given, setGiven] = useState(start ?? { key: '', name: '', greeting: '' });
  const put = usePutGroup();
  const faults = faultsOf(put.error);
  const field = (name: 'key' | 'name' | 'greeting', hint?: string) => (
    <TextInput
      label={words[name]}
      description={hint}
      required={name !== 'greeting'}
      disabled={name === 'key' && start !== null}
      value={given[name]}
      error={faults[name]}
      onChange={(event) => setGiven({ ...given, [name]: event.currentTarget.value })}
    />
  );
  return (
    <FormDialog
      title={start?.name ?? words.add}
      isOpen
      isBusy={put.isPending}
      error={put.error}
      fields={['key', 'name', 'greeting']}
      onClose={onClose}
      onSubmit={() => put.mutate(given, { onSuccess: onClose })}
    >
      {field('name')}
      {field('key')}
      {field('greeting', words.greetingHint)}
    </FormDialog>
  );
}
