import { Button, Group, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { money } from '../format/format.ts';
import { Facts } from '../panel/facts.tsx';
import { faultsOf, FormFault } from '../panel/form-fault.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { useBudget, useMonth, useSetBudget, useTenant } from './settings.queries.ts';

/** The business: its zone and language, what it spends and may spend. */
export function Business() {
  const { settings: words } = useWords();
  const tenant = useTenant();
  const budget = useBudget();
  return (
    <div className="page-grid">
      <Panel title={words.business}>
        <Answered query={tenant} rows={3}>
          {({ name, timeZone, language, bookingHorizonDays }) => (
            <Facts
              of={[
                [words.name, name],
                [words.zone, timeZone],
                [words.language, language],
                [words.horizon, bookingHorizonDays],
              ]}
            />
          )}
        </Answered>
      </Panel>
      <Panel title={words.budget}>
        <Spent />
        <Answered query={budget} rows={2}>
          {({ dailyUsd, monthlyUsd }) => <BudgetForm dailyUsd={dailyUsd} monthlyUsd={monthlyUsd} />}
        </Answered>
      </Panel>
    </div>
  );
}

function Spent() {
  const { settings: words } = useWords();
  const { locale } = useSession();
  const month = useMonth();
  if (!month.data) return null;
  return <Facts of={[[words.spent(month.data.month), money(month.data.usd, locale)]]} />;
}

interface BudgetFormProps {
  readonly dailyUsd: number | null;
  readonly monthlyUsd: number | null;
}

const toAmount = (text: string): number | null => (text.trim() === '' ? null : Number(text));

function BudgetForm({ dailyUsd, monthlyUsd }: BudgetFormProps) {
  const { settings: words, act } = useWords();
  const { may } = useSession();
  const [daily, setDaily] = useState(String(dailyUsd ?? ''));
  const [monthly, setMonthly] = useState(String(monthlyUsd ?? ''));
  const set = useSetBudget();
  const faults = faultsOf(set.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate({ dailyUsd: toAmount(daily), monthlyUsd: toAmount(monthly) });
  };
  return (
    <form onSubmit={submit} className="pad">
      <Group align="flex-end">
        <TextInput
          type="number"
          min={0}
          step="0.01"
          label={words.daily}
          description={words.noLimit}
          value={daily}
          error={faults['dailyUsd']}
          onChange={(event) => setDaily(event.currentTarget.value)}
        />
        <TextInput
          type="number"
          min={0}
          step="0.01"
          label={words.monthly}
          description={words.noLimit}
          value={monthly}
          error={faults['monthlyUsd']}
          onChange={(event) => setMonthly(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={set.isPending} disabled={!may('admin:write')}>
          {act.save}
        </Button>
      </Group>
      <FormFault error={set.error} fields={['dailyUsd', 'monthlyUsd']} />
    </form>
  );
}
