import { DataTable, More } from '../panel/data-table.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { useAudit } from './settings.queries.ts';

/** What was done, by whom, the latest first. */
export function Audit() {
  const { settings: words } = useWords();
  const { clock } = useSession();
  const query = useAudit();
  return (
    <Panel title={words.audit}>
      <Answered query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return <Empty title={words.noAudit} hint={words.noAuditHint} />;
          return (
            <>
              <DataTable
                label={words.audit}
                rows={rows}
                rowKey={({ seq }) => String(seq)}
                columns={[
                  { key: 'at', title: words.at, cell: ({ at }) => clock.at(at) },
                  {
                    key: 'actor',
                    title: words.actor,
                    cell: ({ actor }) => actor.name ?? actor.id ?? actor.kind,
                  },
                  { key: 'act', title: words.did, cell: ({ act }) => <code>{act}</code> },
                  {
                    key: 'object',
                    title: words.object,
                    cell: ({ object }) => `${object.kind} ${object.id ?? ''}`,
                  },
                  { key: 'refusal', title: words.refusal, cell: ({ refusal }) => refusal ?? '' },
                  { key: 'address', title: words.address, cell: ({ address }) => address ?? '—' },
                  { key: 'reason', title: words.reason, cell: ({ reason }) => reason ?? '' },
                ]}
              />
              <More query={query} shown={String(rows.length)} />
            </>
          );
        }}
      </Answered>
    </Panel>
  );
}
