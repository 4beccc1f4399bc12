import { Button, Divider, Group, NativeSelect, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAgents } from '../agents/agents.queries.ts';
import { phone } from '../format/format.ts';
import { Confirm } from '../panel/confirm.tsx';
import { FormDialog } from '../panel/form-dialog.tsx';
import { faultsOf } from '../panel/form-fault.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { HoursEditor } from './hours-editor.tsx';
import {
  useChangeNumber,
  useDeleteNumber,
  useHours,
  useNumber,
  usePutHours,
  type Hours,
  type NumberRow,
} from './numbers.queries.ts';

interface NumberDialogProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** The settings of a number. Nothing is drawn until they are known with the tag they are changed under. */
export function NumberDialog({ id, onClose }: NumberDialogProps) {
  const number = useNumber(id);
  const hours = useHours(id);
  if (!number.data || !hours.data) return null;
  return (
    <Settings
      number={number.data.data}
      hours={hours.data.data.hours}
      tags={{ number: number.data.tag, hours: hours.data.tag }}
      onClose={onClose}
    />
  );
}

interface SettingsProps {
  readonly number: NumberRow;
  readonly hours: readonly Hours[];
  readonly tags: { readonly number: string | null; readonly hours: string | null };
  readonly onClose: () => void;
}

const FIELDS = ['agentId', 'language', 'isAlwaysOpen', 'hours', 'allowedGroups', 'refusalText'];

function Settings({ number, hours: before, tags, onClose }: SettingsProps) {
  const { numbers: words } = useWords();
  const { tenant } = useSession();
  const [given, setGiven] = useState(number);
  const [hours, setHours] = useState(before);
  const [kept] = useState(tags);
  const change = useChangeNumber(number.id);
  const put = usePutHours(number.id);
  const error = change.error ?? put.error;
  const faults = faultsOf(error);
  const set = (some: Partial<NumberRow>) => setGiven({ ...given, ...some });
  const save = async () => {
    if (hours !== before) await put.mutateAsync({ hours, tag: kept.hours });
    const { id: _id, e164: _e164, ...settings } = given;
    await change.mutateAsync({ change: settings, tag: hours === before ? kept.number : null });
    onClose();
  };
  return (
    <FormDialog
      title={phone(number.e164)}
      isOpen
      isBusy={change.isPending || put.isPending}
      error={error}
      fields={FIELDS}
      onClose={onClose}
      onSubmit={() => void save().catch(() => undefined)}
    >
      <Answering given={given} faults={faults} set={set} />
      <Switch
        label={words.alwaysOpen}
        checked={given.isAlwaysOpen}
        onChange={(event) => set({ isAlwaysOpen: event.currentTarget.checked })}
      />
      {!given.isAlwaysOpen && <HoursEditor hours={hours} onChange={setHours} zone={tenant.zone} />}
      <Divider />
      <Access given={given} faults={faults} set={set} />
      <Remove number={number} onRemoved={onClose} />
    </FormDialog>
  );
}

interface FieldsProps {
  readonly given: NumberRow;
  readonly faults: Readonly<Record<string, string>>;
  readonly set: (some: Partial<NumberRow>) => void;
}

function Answering({ given, faults, set }: FieldsProps) {
  const { numbers: words } = useWords();
  const agents = useAgents();
  return (
    <Group grow align="flex-start">
      <NativeSelect
        label={words.agent}
        value={given.agentId ?? ''}
        error={faults['agentId']}
        data={[
          { value: '', label: words.noAgent },
          ...(agents.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []),
        ]}
        onChange={(event) => set({ agentId: event.currentTarget.value || null })}
      />
      <TextInput
        label={words.language}
        placeholder={words.languageHint}
        value={given.language ?? ''}
        error={faults['language']}
        onChange={(event) => set({ language: event.currentTarget.value || null })}
      />
    </Group>
  );
}

function Access({ given, faults, set }: FieldsProps) {
  const { numbers: words } = useWords();
  return (
    <Stack gap="sm">
      <Group grow align="flex-start">
        <NativeSelect
          label={words.access}
          value={given.accessMode}
          data={[
            { value: 'open', label: words.open },
            { value: 'allow-list', label: words.allowList },
          ]}
          onChange={(event) => set({ accessMode: event.currentTarget.value as NumberRow['accessMode'] })}
        />
        <NativeSelect
          label={words.withheld}
          value={given.withheldCallers}
          data={[
            { value: 'accept', label: words.accept },
            { value: 'refuse', label: words.refuse },
          ]}
          onChange={(event) =>
            set({ withheldCallers: event.currentTarget.value as NumberRow['withheldCallers'] })
          }
        />
      </Group>
      {given.accessMode === 'allow-list' && (
        <TextInput
          label={words.groups}
          value={given.allowedGroups.join(', ')}
          error={faults['allowedGroups']}
          onChange={(event) =>
            set({ allowedGroups: event.currentTarget.value.split(/[,\s]+/).filter(Boolean) })
          }
        />
      )}
      <Textarea
        label={words.refusal}
        description={words.refusalHint}
        value={given.refusalText}
        error={faults['refusalText']}
        maxLength={500}
        onChange={(event) => set({ refusalText: event.currentTarget.value })}
      />
    </Stack>
  );
}

interface RemoveProps {
  readonly number: NumberRow;
  readonly onRemoved: () => void;
}

function Remove({ number, onRemoved }: RemoveProps) {
  const { numbers: words, act } = useWords();
  const { may } = useSession();
  const [isAsking, setAsking] = useState(false);
  const remove = useDeleteNumber();
  return (
    <Group>
      <Button
        variant="subtle"
        color="red"
        size="compact-sm"
        disabled={!may('admin:write')}
        onClick={() => setAsking(true)}
      >
        {act.remove}
      </Button>
      <Confirm
        isOpen={isAsking}
        title={words.removeTitle(phone(number.e164))}
        text={words.removeText}
        act={act.remove}
        isBusy={remove.isPending}
        error={remove.error}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutate(number.id, { onSuccess: onRemoved })}
      />
    </Group>
  );
}
