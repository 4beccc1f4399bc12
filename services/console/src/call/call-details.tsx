import { Tabs, Text } from '@mantine/core';
import { useState } from 'react';
import { latency, money, position, sentence } from '../format/format.ts';
import { DataTable } from '../panel/data-table.tsx';
import { Facts } from '../panel/facts.tsx';
import { Panel } from '../panel/panel.tsx';
import { Tag } from '../panel/tag.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import type { CallDetail } from './call.queries.ts';
import type { Turn } from './timeline.ts';

const TABS = ['tools', 'latency', 'cost', 'legs', 'analysis'] as const;
type Tab = (typeof TABS)[number];

interface CallDetailsProps {
  readonly call: CallDetail;
  readonly turns: readonly Turn[];
}

/** Tool calls, latency, cost and legs of a call. */
export function CallDetails({ call, turns }: CallDetailsProps) {
  const { call: words } = useWords();
  const [tab, setTab] = useState<Tab>('tools');
  const shown = TABS.filter((name) => name !== 'analysis' || call.analyses.length > 0);
  return (
    <Panel>
      <Tabs value={tab} onChange={(value) => setTab(value as Tab)} keepMounted={false}>
        <Tabs.List>
          {shown.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {words.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="tools">
          <Tools call={call} />
        </Tabs.Panel>
        <Tabs.Panel value="latency">
          <Latency call={call} />
          <TurnLatencies turns={turns} />
        </Tabs.Panel>
        <Tabs.Panel value="cost">
          <Cost call={call} />
        </Tabs.Panel>
        <Tabs.Panel value="legs">
          <Legs call={call} />
        </Tabs.Panel>
        <Tabs.Panel value="analysis">
          <Analysis call={call} />
        </Tabs.Panel>
      </Tabs>
    </Panel>
  );
}

interface PartProps {
  readonly call: CallDetail;
}

function Nothing() {
  const { act } = useWords();
  return (
    <Text size="sm" c="dimmed" className="pad">
      {act.none}
    </Text>
  );
}

function Tools({ call }: PartProps) {
  const { call: words } = useWords();
  if (call.toolCalls.length === 0) return <Nothing />;
  return call.toolCalls.map(({ toolCallId, name, arguments: given, outcome, startedAtMs, tookMs }) => (
    <details key={toolCallId} className="tool">
      <summary>
        <span className="sentence-at">{position(startedAtMs)}</span> <code>{name}</code>{' '}
        <Tag tone={outcome === null ? 'warn' : outcome.status === 'ok' ? 'good' : 'bad'}>
          {outcome === null
            ? words.toolRunning
            : outcome.status === 'ok'
              ? words.toolOk
              : sentence(outcome.status)}
        </Tag>{' '}
        {tookMs !== null && <span className="sentence-at">{latency(tookMs)}</span>}
      </summary>
      <Text size="xs" className="section-title">
        {words.arguments}
      </Text>
      <pre className="code-block">{JSON.stringify(given, null, 2)}</pre>
      <Text size="xs" className="section-title">
        {words.result}
      </Text>
      <pre className="code-block">{JSON.stringify(outcome, null, 2)}</pre>
    </details>
  ));
}

function Latency({ call }: PartProps) {
  const { call: words } = useWords();
  const rows = Object.entries(call.latencies);
  if (rows.length === 0) return <Nothing />;
  const figure = (key: 'p50Ms' | 'p95Ms' | 'maxMs', title: string) => ({
    key,
    title,
    isFigure: true,
    cell: ([, value]: (typeof rows)[number]) => latency(value[key]),
  });
  return (
    <DataTable
      label={words.latency}
      rows={rows}
      rowKey={([kind]) => kind}
      columns={[
        { key: 'kind', title: words.kind, cell: ([kind]) => words.latencies[kind] ?? sentence(kind) },
        { key: 'count', title: words.count, isFigure: true, cell: ([, { count }]) => count },
        figure('p50Ms', 'p50'),
        figure('p95Ms', 'p95'),
        figure('maxMs', 'max'),
      ]}
    />
  );
}

const PARTS = ['callerToHeardMs', 'endPointingMs', 'modelMs', 'relayMs', 'playoutMs'] as const;

/** How long the caller waited for each turn of the agent, and where the time went. */
function TurnLatencies({ turns }: { readonly turns: readonly Turn[] }) {
  const { call: words } = useWords();
  const rows = turns.flatMap(({ turn, latency: parts }) =>
    parts === null || parts.callerToHeardMs === null ? [] : [{ turn, ...parts }],
  );
  if (rows.length === 0) return null;
  return (
    <DataTable
      label={words.turns}
      rows={rows}
      rowKey={({ turn }) => String(turn)}
      columns={[
        { key: 'turn', title: words.turn, cell: ({ turn }) => turn },
        ...PARTS.map((part) => ({
          key: part,
          title: words.parts[part],
          isFigure: true,
          cell: (row: (typeof rows)[number]) => latency(row[part]),
        })),
      ]}
    />
  );
}

function Cost({ call: { cost, models } }: PartProps) {
  const { call: words, units } = useWords();
  const { locale } = useSession();
  if (cost === null)
    return (
      <Text size="sm" c="dimmed" className="pad">
        {words.noCost}
      </Text>
    );
  const whole = money(cost.usd, locale);
  return (
    <>
      <Facts
        of={[
          [words.cost, cost.isComplete ? whole : units.atLeast(whole)],
          ...cost.models.map(
            ({ provider, model, usd }) => [`${provider} ${model}`, money(usd, locale)] as const,
          ),
          ...models.map(({ provider, model, fromMs }) => [position(fromMs), `${provider} ${model}`] as const),
        ]}
      />
      {!cost.isComplete && (
        <Text size="xs" c="dimmed" className="pad">
          {units.incomplete}
        </Text>
      )}
    </>
  );
}

function Legs({ call }: PartProps) {
  const { call: words } = useWords();
  const { clock } = useSession();
  if (call.legs.length === 0) return <Nothing />;
  return (
    <DataTable
      label={words.legs}
      rows={call.legs}
      rowKey={({ epoch }) => String(epoch)}
      columns={[
        { key: 'epoch', title: words.epoch, cell: ({ epoch }) => epoch },
        { key: 'relay', title: words.relay, cell: ({ relayId }) => relayId },
        { key: 'from', title: words.from, cell: ({ attachedAt }) => clock.short(attachedAt) },
        {
          key: 'until',
          title: words.until,
          cell: ({ detachedAt }) => (detachedAt === null ? '—' : clock.short(detachedAt)),
        },
        { key: 'reason', title: words.reason, cell: ({ detachReason }) => detachReason ?? '—' },
      ]}
    />
  );
}

function Analysis({ call }: PartProps) {
  const [analysis] = call.analyses;
  return <pre className="code-block">{JSON.stringify(analysis, null, 2)}</pre>;
}
