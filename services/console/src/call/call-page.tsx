import { Button } from '@mantine/core';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useMemo, useState } from 'react';
import { phone, sentence } from '../format/format.ts';
import { PageHead } from '../panel/page-head.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { useSession } from '../session/session.ts';
import { useReportFreshness } from '../shell/freshness.tsx';
import { useWords } from '../words/index.ts';
import { CallFacts } from './call-facts.tsx';
import { CallDetails } from './call-details.tsx';
import { useCall, useCallLog, usePeaks, type CallDetail } from './call.queries.ts';
import { Player } from './player.tsx';
import { foldTimeline, lengthOf, saidInTurns, sentenceAt } from './timeline.ts';
import { Transcript } from './transcript.tsx';
import { useCallAudio } from './use-call-audio.ts';

/** One call, running or over. */
export function CallPage() {
  const { callId } = useParams({ from: '/calls/$callId' });
  const words = useWords().call;
  const query = useCall(callId);
  return (
    <>
      <PageHead
        title={query.data ? words.title(phone(query.data.from)) : words.pageTitle}
        tabTitle={`${words.pageTitle} ${callId.slice(0, 8)}`}
      >
        <Button
          component={Link}
          to="/calls"
          size="compact-sm"
          variant="default"
          leftSection={<ArrowLeft size={14} />}
        >
          {words.back}
        </Button>
      </PageHead>
      {query.data ? (
        <Call call={query.data} updatedAt={query.dataUpdatedAt} isFailing={query.isError} />
      ) : (
        <Panel>
          <Answered query={query} rows={12}>
            {() => null}
          </Answered>
        </Panel>
      )}
    </>
  );
}

interface CallProps {
  readonly call: CallDetail;
  readonly updatedAt: number;
  readonly isFailing: boolean;
}

function Call({ call: record, updatedAt, isFailing }: CallProps) {
  const words = useWords().call;
  const { t } = useSearch({ from: '/calls/$callId' });
  const { may } = useSession();
  const isRunning = record.endedAt === null && record.refusalReason === null;
  const { turns, events } = useCallLog(record.callId, isRunning);
  const call = useMemo(
    () => (turns.length === 0 ? record : { ...record, transcript: saidInTurns(turns) }),
    [record, turns],
  );
  const peaks = usePeaks(record.recordings, may('recordings:read'));
  useReportFreshness({ updatedAt: isRunning ? updatedAt : 0, isFailing });
  const entries = useMemo(() => foldTimeline(call, events), [call, events]);
  const lengthMs = useMemo(() => lengthOf(call), [call]);
  const audio = useCallAudio(record.callId, record.recordings, (t ?? 0) * 1_000);
  const [hasSought, setSought] = useState(t !== undefined);
  const seek = (atMs: number) => {
    setSought(true);
    audio.seek(atMs);
  };
  const isShown = hasSought || audio.isPlaying;
  return (
    <div className="call-grid">
      <div className="page-grid">
        <Panel title={words.recording}>
          <Player call={call} lengthMs={lengthMs} peaks={peaks} audio={{ ...audio, seek }} />
        </Panel>
        <Panel title={words.transcript}>
          {call.transcript.length === 0 && <Empty title={words.noSpeech} hint={whySilent(record, words)} />}
          {entries.length > 0 && (
            <Transcript
              entries={entries}
              current={isShown ? sentenceAt(entries, audio.atMs) : -1}
              isFollowing={audio.isPlaying}
              onSeek={seek}
            />
          )}
        </Panel>
      </div>
      <div className="page-grid">
        <CallFacts call={record} />
        <CallDetails call={record} turns={turns} />
      </div>
    </div>
  );
}

function whySilent({ refusalReason }: CallDetail, words: ReturnType<typeof useWords>['call']): string {
  if (refusalReason === null) return words.hungUp;
  return words.refusedWhy(sentence(refusalReason).toLowerCase());
}
