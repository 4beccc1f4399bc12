import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { duration, money, phone, sentence } from '../format/format.ts';
import { DataTable, More, type Column } from '../panel/data-table.tsx';
import { PageHead } from '../panel/page-head.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { CallFilterBar } from './call-filter-bar.tsx';
import type { CallFilters } from './call-filters.ts';
import { CallTag } from './call-tag.tsx';
import { useCalls, type CallRow } from './calls.queries.ts';

/** All calls, found by filters that stand in the address. */
export function CallsPage() {
  const words = useWords();
  const filters = useSearch({ from: '/calls' });
  const navigate = useNavigate({ from: '/calls' });
  const query = useCalls(filters);
  const columns = useColumns();
  const isFiltered = Object.keys(filters).length > 0;
  // Typing replaces the entry of the history: back leads to the page before, not through keystrokes.
  const change = (search: CallFilters) => void navigate({ search, replace: true });
  return (
    <>
      <PageHead title={words.calls.title} />
      <Panel isStale={query.isPlaceholderData}>
        <CallFilterBar filters={filters} onChange={change} />
        <Answered query={query} rows={12}>
          {({ pages }) => {
            const rows = pages.flatMap(({ items }) => items);
            if (rows.length === 0)
              return isFiltered ? (
                <Empty title={words.state.noMatch} hint="" action={<Clear onClear={() => change({})} />} />
              ) : (
                <Empty title={words.calls.none} hint={words.calls.noneHint} />
              );
            return (
              <>
                <DataTable
                  label={words.calls.title}
                  columns={columns}
                  rows={rows}
                  rowKey={({ callId }) => callId}
                />
                <More query={query} shown={words.calls.count(rows.length)} />
              </>
            );
          }}
        </Answered>
      </Panel>
    </>
  );
}

function Clear({ onClear }: { readonly onClear: () => void }) {
  const words = useWords().state;
  return (
    <Button size="compact-sm" variant="default" mt="xs" onClick={onClear}>
      {words.clear}
    </Button>
  );
}

function useColumns(): readonly Column<CallRow>[] {
  const { calls: words, units } = useWords();
  const { clock, locale } = useSession();
  return [
    {
      key: 'started',
      title: words.started,
      cell: ({ callId, admittedAt }) => (
        <Link to="/calls/$callId" params={{ callId }} className="row-link" title={clock.at(admittedAt)}>
          {clock.short(admittedAt)}
        </Link>
      ),
    },
    {
      key: 'caller',
      title: words.caller,
      cell: ({ from }) => (from === 'anonymous' ? words.anonymous : phone(from)),
    },
    { key: 'number', title: words.number, cell: ({ to }) => phone(to) },
    {
      key: 'agent',
      title: words.agent,
      cell: ({ agent }) => (agent ? `${agent.name} v${agent.version}` : units.unknown),
    },
    { key: 'status', title: words.status, cell: (call) => <CallTag {...call} /> },
    {
      key: 'outcome',
      title: words.outcome,
      cell: ({ outcome }) => (outcome ? sentence(outcome) : units.unknown),
    },
    {
      key: 'ended',
      title: words.ended,
      cell: ({ termination }) => (termination ? sentence(termination.reason) : units.unknown),
    },
    {
      key: 'duration',
      title: words.duration,
      isFigure: true,
      cell: ({ durationMs }) => duration(durationMs),
    },
    { key: 'cost', title: words.cost, isFigure: true, cell: ({ costUsd }) => money(costUsd, locale) },
  ];
}
