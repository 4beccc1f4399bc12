import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { sentence } from '../format/format.ts';
import { useWords } from '../words/index.ts';
import { REFUSALS, STATUSES, type CallFilters } from './call-filters.ts';

/** Typing is over when nothing was typed for this long. */
const TYPED_MS = 350;

interface CallFilterBarProps {
  readonly filters: CallFilters;
  readonly onChange: (filters: CallFilters) => void;
}

/** The filters of the list; each one set is seen here and in the address. */
export function CallFilterBar({ filters, onChange }: CallFilterBarProps) {
  const { calls: words, state } = useWords();
  const set = (name: keyof CallFilters, value: string) => {
    const { [name]: _before, ...rest } = filters;
    onChange(value === '' ? rest : { ...rest, [name]: value });
  };
  const any = { value: '', label: words.any };
  return (
    <div className="filters" role="group" aria-label={words.filters}>
      <TypedFilter label={words.caller} value={filters.from} onChange={(value) => set('from', value)} />
      <TypedFilter label={words.number} value={filters.to} onChange={(value) => set('to', value)} />
      <NativeSelect
        size="xs"
        label={words.status}
        value={filters.status ?? ''}
        data={[any, ...STATUSES.map((value) => ({ value, label: words.statuses[value] ?? value }))]}
        onChange={(event) => set('status', event.currentTarget.value)}
      />
      <NativeSelect
        size="xs"
        label={words.refused}
        value={filters.refusalReason ?? ''}
        data={[any, ...REFUSALS.map((value) => ({ value, label: sentence(value) }))]}
        onChange={(event) => set('refusalReason', event.currentTarget.value)}
      />
      {(['since', 'until'] as const).map((name) => (
        <TextInput
          key={name}
          size="xs"
          type="date"
          label={words[name]}
          value={filters[name] ?? ''}
          onChange={(event) => set(name, event.currentTarget.value)}
        />
      ))}
      <TypedFilter
        label={words.group}
        value={filters.callerGroup}
        onChange={(value) => set('callerGroup', value)}
      />
      <TypedFilter
        label={words.variant}
        value={filters.variant}
        onChange={(value) => set('variant', value)}
      />
      {Object.keys(filters).length > 0 && (
        <Button size="xs" variant="subtle" onClick={() => onChange({})}>
          {state.clear}
        </Button>
      )}
    </div>
  );
}

interface TypedFilterProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A text keeps what is typed by itself; the address follows when typing is over. */
function TypedFilter({ label, value = '', onChange }: TypedFilterProps) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setTyped(value);
  }
  const settle = useDebouncedCallback(onChange, TYPED_MS);
  return (
    <TextInput
      size="xs"
      w={116}
      label={label}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        settle(event.currentTarget.value.trim());
      }}
    />
  );
}
