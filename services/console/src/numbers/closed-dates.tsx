import { Button, Group, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useFormKey } from '../api/use-act.ts';
import { ActButton } from '../panel/act-button.tsx';
import { DataTable } from '../panel/data-table.tsx';
import { FormFault } from '../panel/form-fault.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { useAddClosedDate, useClosedDates, useRemoveClosedDate } from './numbers.queries.ts';

/** Days on which nobody is there, whatever the hours say. */
export function ClosedDates() {
  const { numbers: words, act } = useWords();
  const query = useClosedDates();
  const remove = useRemoveClosedDate();
  return (
    <Panel title={words.closedDates} actions={<AddDate />}>
      <Answered query={query} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="pad dimmed">{words.noClosedDates}</div>
          ) : (
            <DataTable
              label={words.closedDates}
              rows={items}
              rowKey={({ date }) => date}
              columns={[
                { key: 'date', title: words.date, cell: ({ date }) => date },
                { key: 'name', title: words.details, cell: ({ name }) => name },
                {
                  key: 'acts',
                  title: act.actions,
                  hasQuietTitle: true,
                  isFigure: true,
                  cell: ({ date }) => (
                    <ActButton
                      scope="admin:write"
                      label={`${act.remove}: ${date}`}
                      onClick={() => remove.mutate(date)}
                    >
                      {act.remove}
                    </ActButton>
                  ),
                },
              ]}
            />
          )
        }
      </Answered>
      <FormFault error={remove.error} />
    </Panel>
  );
}

function AddDate() {
  const { numbers: words, act } = useWords();
  const { may } = useSession();
  const [date, setDate] = useState('');
  const [name, setName] = useState('');
  const [key, renew] = useFormKey();
  const add = useAddClosedDate();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(
      { date, name, key },
      {
        onSuccess: () => {
          renew();
          setDate('');
          setName('');
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" wrap="nowrap">
        <TextInput
          size="xs"
          type="date"
          required
          aria-label={words.date}
          value={date}
          onChange={(event) => setDate(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          required
          aria-label={words.details}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          type="submit"
          size="xs"
          variant="default"
          disabled={!may('admin:write')}
          loading={add.isPending}
        >
          {act.add}
        </Button>
      </Group>
      <FormFault error={add.error} />
    </form>
  );
}
