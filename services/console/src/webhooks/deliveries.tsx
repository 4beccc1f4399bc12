import { Group, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { ActButton } from '../panel/act-button.tsx';
import { DataTable, More } from '../panel/data-table.tsx';
import { FormFault } from '../panel/form-fault.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { Tag, type Tone } from '../panel/tag.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { DELIVERY_STATES, useDeliveries, useReplay, type DeliveryState } from './webhooks.queries.ts';

const TONES: Readonly<Record<DeliveryState, Tone>> = { pending: 'warn', delivered: 'good', dead: 'bad' };

interface DeliveriesProps {
  readonly endpointId: string;
  /** Events that were given up. */
  readonly dead: number;
}

/** What was sent, how it was answered, and sending it again. */
export function Deliveries({ endpointId, dead }: DeliveriesProps) {
  const { webhooks: words, calls, act, state: states } = useWords();
  const { clock } = useSession();
  const [state, setState] = useState<DeliveryState | null>(null);
  const query = useDeliveries(endpointId, state);
  const replay = useReplay(endpointId);
  return (
    <Panel
      title={words.deliveries}
      actions={
        <Group gap="xs" wrap="nowrap">
          <NativeSelect
            size="xs"
            aria-label={words.state}
            value={state ?? ''}
            data={[
              { value: '', label: calls.any },
              ...DELIVERY_STATES.map((value) => ({ value, label: words.states[value] ?? value })),
            ]}
            onChange={(event) => setState((event.currentTarget.value || null) as DeliveryState | null)}
          />
          {dead > 0 && (
            <ActButton scope="admin:write" isBusy={replay.isPending} onClick={() => replay.mutate(null)}>
              {words.replayAll}
            </ActButton>
          )}
        </Group>
      }
    >
      <FormFault error={replay.error} />
      {replay.data && (
        <div className="notice" role="status">
          {replay.data.reason ?? words.replayed(replay.data.replayed)}
        </div>
      )}
      <Answered query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0)
            return state === null ? (
              <Empty title={words.noDeliveries} hint={words.noDeliveriesHint} />
            ) : (
              <Empty title={states.noMatch} hint="" />
            );
          return (
            <>
              <DataTable
                label={words.deliveries}
                rows={rows}
                rowKey={({ eventId }) => eventId}
                columns={[
                  { key: 'created', title: words.created, cell: ({ createdAt }) => clock.at(createdAt) },
                  { key: 'event', title: words.event, cell: ({ type }) => <code>{type}</code> },
                  {
                    key: 'state',
                    title: words.state,
                    cell: (row) => <Tag tone={TONES[row.state]}>{words.states[row.state]}</Tag>,
                  },
                  { key: 'attempts', title: words.attempts, isFigure: true, cell: (row) => row.attempts },
                  {
                    key: 'last',
                    title: words.last,
                    cell: ({ lastStatus, lastFault }) => lastFault ?? lastStatus ?? '—',
                  },
                  { key: 'next', title: words.next, cell: ({ nextAttemptAt }) => clock.at(nextAttemptAt) },
                  {
                    key: 'acts',
                    title: act.actions,
                    hasQuietTitle: true,
                    isFigure: true,
                    cell: ({ eventId, type }) => (
                      <ActButton
                        scope="admin:write"
                        label={`${words.replay}: ${type}`}
                        onClick={() => replay.mutate([eventId])}
                      >
                        {words.replay}
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
    </Panel>
  );
}
