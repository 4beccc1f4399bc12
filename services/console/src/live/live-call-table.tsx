import { Button } from '@mantine/core';
import { useState } from 'react';
import { duration } from '../format/format.ts';
import { Confirm } from '../panel/confirm.tsx';
import { DataTable } from '../panel/data-table.tsx';
import { Tag, type Tone } from '../panel/tag.tsx';
import { useSession } from '../session/session.ts';
import { useNow } from '../shell/freshness.tsx';
import { useWords } from '../words/index.ts';
import { useEndCall, type LiveCall } from './live.queries.ts';

const TONES: Readonly<Record<LiveCall['state'], Tone>> = {
  admitted: 'warn',
  connected: 'good',
  transferring: 'plain',
};

interface LiveCallTableProps {
  readonly calls: readonly LiveCall[];
}

/** Running calls, the oldest first: a row keeps its place while the call runs. */
export function LiveCallTable({ calls }: LiveCallTableProps) {
  const { live: words, act, state } = useWords();
  const { may, clock } = useSession();
  const now = useNow();
  const [ending, setEnding] = useState<LiveCall | null>(null);
  const end = useEndCall();
  const close = () => {
    setEnding(null);
    end.reset();
  };
  const mayEnd = may('calls:control');
  return (
    <>
      <DataTable
        label={words.running}
        rows={calls}
        rowKey={({ callId }) => callId}
        columns={[
          { key: 'call', title: words.call, cell: ({ callId }) => <code>{callId.slice(0, 8)}</code> },
          {
            key: 'state',
            title: words.state,
            cell: (call) => <Tag tone={TONES[call.state]}>{words.states[call.state]}</Tag>,
          },
          { key: 'relay', title: words.relay, cell: ({ relayId }) => relayId ?? act.none },
          { key: 'since', title: words.since, cell: ({ admittedAt }) => clock.short(admittedAt) },
          {
            key: 'duration',
            title: words.duration,
            isFigure: true,
            cell: ({ admittedAt }) => duration(now - Date.parse(admittedAt)),
          },
          {
            key: 'acts',
            title: act.actions,
            hasQuietTitle: true,
            isFigure: true,
            cell: (call) => (
              <Button
                size="compact-xs"
                variant="default"
                disabled={!mayEnd}
                title={mayEnd ? undefined : state.missingScope('calls:control')}
                onClick={() => setEnding(call)}
              >
                {words.end}
              </Button>
            ),
          },
        ]}
      />
      {end.isSuccess && ending === null && (
        <div className="more" role="status">
          {words.endDone}
        </div>
      )}
      <Confirm
        isOpen={ending !== null}
        title={words.endTitle}
        text={words.endText}
        act={words.end}
        isBusy={end.isPending}
        error={end.error}
        onClose={close}
        onConfirm={() => ending && end.mutate(ending.callId, { onSuccess: () => setEnding(null) })}
      />
    </>
  );
}
