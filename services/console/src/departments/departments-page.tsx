import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { phone } from '../format/format.ts';
import { HoursEditor } from '../numbers/hours-editor.tsx';
import { ActButton } from '../panel/act-button.tsx';
import { Confirm } from '../panel/confirm.tsx';
import { DataTable } from '../panel/data-table.tsx';
import { FormDialog } from '../panel/form-dialog.tsx';
import { faultsOf } from '../panel/form-fault.tsx';
import { PageHead } from '../panel/page-head.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import {
  useDeleteDepartment,
  useDepartments,
  usePutDepartment,
  type Department,
} from './departments.queries.ts';

const NEW: Department = { key: '', name: '', address: '', mode: 'warm', ringMs: 25_000, hours: [] };

/** Where calls can be transferred to. */
export function DepartmentsPage() {
  const { departments: words, act } = useWords();
  const query = useDepartments();
  const remove = useDeleteDepartment();
  const [open, setOpen] = useState<Department | null>(null);
  const [removing, setRemoving] = useState<Department | null>(null);
  return (
    <>
      <PageHead title={words.title}>
        <ActButton scope="admin:write" isMain onClick={() => setOpen(NEW)}>
          {words.add}
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
                rowKey={({ key }) => key}
                columns={[
                  {
                    key: 'name',
                    title: words.name,
                    cell: (department) => (
                      <button
                        type="button"
                        className="row-link link-button"
                        onClick={() => setOpen(department)}
                      >
                        {department.name}
                      </button>
                    ),
                  },
                  { key: 'key', title: words.key, cell: ({ key }) => <code>{key}</code> },
                  { key: 'address', title: words.address, cell: ({ address }) => phone(address) },
                  { key: 'mode', title: words.mode, cell: ({ mode }) => words.modes[mode] },
                  {
                    key: 'rings',
                    title: words.rings,
                    isFigure: true,
                    cell: ({ ringMs }) => `${Math.round(ringMs / 1_000)} s`,
                  },
                  { key: 'hours', title: words.hours, cell: ({ hours }) => <HoursText hours={hours} /> },
                  {
                    key: 'acts',
                    title: act.actions,
                    hasQuietTitle: true,
                    isFigure: true,
                    cell: (department) => (
                      <ActButton
                        scope="admin:write"
                        label={`${act.remove}: ${department.name}`}
                        onClick={() => setRemoving(department)}
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
      </Panel>
      {open && <DepartmentForm start={open} onClose={() => setOpen(null)} />}
      <Confirm
        isOpen={removing !== null}
        title={words.removeTitle(removing?.name ?? '')}
        text={words.removeText}
        act={act.remove}
        isBusy={remove.isPending}
        error={remove.error}
        onClose={() => setRemoving(null)}
        onConfirm={() => removing && remove.mutate(removing.key, { onSuccess: () => setRemoving(null) })}
      />
    </>
  );
}

function HoursText({ hours }: { readonly hours: Department['hours'] }) {
  const { departments: words, weekdays } = useWords();
  if (hours.length === 0) return words.always;
  return hours
    .map(({ weekday, opens, closes }) => `${weekdays[weekday]?.slice(0, 2) ?? ''} ${opens}–${closes}`)
    .join(', ');
}

interface DepartmentFormProps {
  readonly start: Department;
  readonly onClose: () => void;
}

function DepartmentForm({ start, onClose }: DepartmentFormProps) {
  const { departments: words } = useWords();
  const { tenant } = useSession();
  const [given, setGiven] = useState(start);
  const put = usePutDepartment();
  const faults = faultsOf(put.error);
  const set = (some: Partial<Department>) => setGiven({ ...given, ...some });
  return (
    <FormDialog
      title={start === NEW ? words.add : start.name}
      isOpen
      isBusy={put.isPending}
      error={put.error}
      fields={['key', 'name', 'address', 'mode', 'ringMs', 'hours']}
      onClose={onClose}
      onSubmit={() => put.mutate(given, { onSuccess: onClose })}
    >
      <Group grow align="flex-start">
        <TextInput
          label={words.key}
          description={words.keyHint}
          required
          disabled={start !== NEW}
          value={given.key}
          error={faults['key']}
          onChange={(event) => set({ key: event.currentTarget.value })}
        />
        <TextInput
          label={words.name}
          description={words.nameHint}
          required
          value={given.name}
          error={faults['name']}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
      </Group>
      <TextInput
        label={words.address}
        required
        value={given.address}
        error={faults['address']}
        onChange={(event) => set({ address: event.currentTarget.value })}
      />
      <Group grow align="flex-start">
        <NativeSelect
          label={words.mode}
          value={given.mode}
          data={(['warm', 'cold'] as const).map((value) => ({ value, label: words.modes[value] }))}
          onChange={(event) => set({ mode: event.currentTarget.value as Department['mode'] })}
        />
        <TextInput
          type="number"
          min={5}
          max={120}
          label={`${words.rings} (${words.seconds})`}
          value={given.ringMs / 1_000}
          error={faults['ringMs']}
          onChange={(event) => set({ ringMs: Number(event.currentTarget.value) * 1_000 })}
        />
      </Group>
      <HoursEditor hours={given.hours} onChange={(hours) => set({ hours: [...hours] })} zone={tenant.zone} />
    </FormDialog>
  );
}
