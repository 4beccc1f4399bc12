import { duration, money, phone } from '../format/format.ts';
import { DataTable } from '../panel/data-table.tsx';
import { PageHead } from '../panel/page-head.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { Tag } from '../panel/tag.tsx';
import { useSession } from '../session/session.ts';
import { useNow, useReportFreshness } from '../shell/freshness.tsx';
import { useWords } from '../words/index.ts';
import { LiveCallTable } from './live-call-table.tsx';
import { useLiveCalls, useSpending, useWaitingCalls, type WaitingCall } from './live.queries.ts';

/** Running calls and the waiting line, with the age of both. */
export function LivePage() {
  const words = useWords().live;
  const live = useLiveCalls();
  const waiting = useWaitingCalls();
  const updatedAt = Math.min(live.dataUpdatedAt, waiting.dataUpdatedAt);
  useReportFreshness({ updatedAt, isFailing: live.failureCount > 0 || waiting.failureCount > 0 });
  return (
    <>
      <PageHead title={words.title} />
      <Tiles live={live.data?.items.length} waiting={waiting.data?.items} />
      <div className="page-grid">
        <Panel title={words.running}>
          <Answered query={live}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={words.none} hint={words.noneHint} />
              ) : (
                <LiveCallTable calls={items} />
              )
            }
          </Answered>
        </Panel>
        <Panel title={words.waiting}>
          <Answered query={waiting} rows={2}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={words.noneWaiting} hint={words.noneWaitingHint} />
              ) : (
                <WaitingTable calls={items} />
              )
            }
          </Answered>
        </Panel>
      </div>
    </>
  );
}

interface TilesProps {
  readonly live: number | undefined;
  readonly waiting: readonly WaitingCall[] | undefined;
}

/** Figures of now; a dash until one is known, never a zero that is none. */
function Tiles({ live, waiting }: TilesProps) {
  const { live: words, units } = useWords();
  const { may, locale } = useSession();
  const spending = useSpending(may('admin:read'));
  const now = useNow();
  const since = waiting?.map(({ waitingSince }) => Date.parse(waitingSince)) ?? [];
  const longest = since.length === 0 ? '0:00' : duration(now - Math.min(...since));
  const figures = [
    [words.calls, live ?? units.unknown],
    [words.waiting, waiting?.length ?? units.unknown],
    [words.longestWait, waiting ? longest : units.unknown],
    ...(may('admin:read') ? [[words.today, money(spending.data?.usd ?? null, locale)] as const] : []),
  ] as const;
  return (
    <dl className="tiles">
      {figures.map(([name, value]) => (
        <div key={name} className="tile">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function WaitingTable({ calls }: { readonly calls: readonly WaitingCall[] }) {
  const { live: words, act } = useWords();
  const now = useNow();
  return (
    <DataTable
      label={words.waiting}
      rows={calls}
      rowKey={({ callId }) => callId}
      columns={[
        { key: 'from', title: words.from, cell: ({ from }) => phone(from) },
        { key: 'to', title: words.to, cell: ({ to }) => phone(to) },
        { key: 'language', title: words.language, cell: ({ language }) => language },
        {
          key: 'callback',
          title: words.wantsCallback,
          cell: ({ wantsCallback }) => (wantsCallback ? <Tag tone="warn">{act.yes}</Tag> : act.no),
        },
        {
          key: 'since',
          title: words.waitingFor,
          isFigure: true,
          cell: ({ waitingSince }) => duration(now - Date.parse(waitingSince)),
        },
      ]}
    />
  );
}
