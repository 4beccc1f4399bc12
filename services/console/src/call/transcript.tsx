import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowRightLeft, Check, CircleAlert, Cpu, Info, PhoneIncoming, PhoneOff, Wrench } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { latency, position, seconds, sentence } from '../format/format.ts';
import { useWords } from '../words/index.ts';
import { heardPart, type Entry, type LoggedEvent, type SaidPart, type ToolPart } from './timeline.ts';

/** About the height of a row until it is measured. */
const ROW_PX = 34;
const OVERSCAN = 12;

interface TranscriptProps {
  readonly entries: readonly Entry[];
  /** The sentence at the position of the sound; -1 for none. */
  readonly current: number;
  readonly isFollowing: boolean;
  readonly onSeek: (atMs: number) => void;
}

/** What was said and what happened, in order; only the rows in sight are drawn. */
export function Transcript({ entries, current, isFollowing, onSeek }: TranscriptProps) {
  const words = useWords().call;
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  useEffect(() => {
    if (isFollowing && current >= 0) rows.scrollToIndex(current, { align: 'auto' });
  }, [rows, current, isFollowing]);
  return (
    <div ref={box} className="transcript" tabIndex={0} role="group" aria-label={words.transcript}>
      <ol className="timeline" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const entry = entries[index];
          return (
            entry && (
              <li
                key={key}
                ref={rows.measureElement}
                data-index={index}
                style={{ position: 'absolute', insetInline: 0, top: start }}
              >
                <Row entry={entry} isCurrent={index === current} onSeek={onSeek} />
              </li>
            )
          );
        })}
      </ol>
    </div>
  );
}

interface RowProps {
  readonly entry: Entry;
  readonly isCurrent: boolean;
  readonly onSeek: (atMs: number) => void;
}

function Row({ entry, isCurrent, onSeek }: RowProps) {
  const { call: words } = useWords();
  switch (entry.kind) {
    case 'said':
      return <Sentence said={entry.said} isCurrent={isCurrent} onSeek={onSeek} />;
    case 'tool':
      return <ToolCalled atMs={entry.atMs} tool={entry.tool} />;
    case 'answered':
      return (
        <Happening atMs={entry.atMs} icon={<PhoneIncoming size={13} />}>
          {words.answered}
        </Happening>
      );
    case 'reattached':
      return <Reattached {...entry} />;
    case 'event':
      return (
        <Happening atMs={entry.atMs} icon={<Info size={13} />}>
          {words.happened[entry.event.type] ?? sentence(entry.event.type.replaceAll('.', ' '))}
          {detailOf(entry.event)}
        </Happening>
      );
    case 'model':
      return (
        <Happening atMs={entry.atMs} icon={<Cpu size={13} />}>
          {words.model}: {entry.model.provider} {entry.model.model}
        </Happening>
      );
    case 'ended':
      return (
        <Happening atMs={entry.atMs} icon={<PhoneOff size={13} />}>
          {[words.ended, ...(entry.reason === null ? [] : [sentence(entry.reason).toLowerCase()])].join(': ')}
        </Happening>
      );
  }
}

function ToolCalled({ atMs, tool: { name, outcome, tookMs } }: ToolCalledProps) {
  const { call: words } = useWords();
  const isGood = outcome?.status === 'ok';
  const result = outcome === null ? words.toolRunning : isGood ? words.toolOk : sentence(outcome.status);
  return (
    <Happening atMs={atMs} tone={isGood ? 'good' : 'bad'} icon={<Wrench size={13} />}>
      <code>{name}</code> {isGood ? <Check size={13} /> : <CircleAlert size={13} />}
      {result}
      {tookMs !== null && ` · ${latency(tookMs)}`}
    </Happening>
  );
}

interface ToolCalledProps {
  readonly atMs: number;
  readonly tool: ToolPart;
}

/** The seam where the call went on at a relay again. */
function Reattached({ atMs, gapMs, reason, leg }: Extract<Entry, { kind: 'reattached' }>) {
  const { call: words } = useWords();
  return (
    <Happening atMs={atMs} icon={<ArrowRightLeft size={13} />}>
      {words.reattached(gapMs === null ? '—' : seconds(gapMs), reason ?? '—')} · {leg.relayId}
    </Happening>
  );
}

/** Fields of events that say something to a person, in this order. */
const TELLING = ['department', 'purpose', 'mode', 'state', 'outcome', 'provider', 'model', 'why', 'language'];

function detailOf({ data }: LoggedEvent): string {
  const parts = [...TELLING, 'category', 'code', 'by'].flatMap((name) => {
    const value = data[name];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

interface HappeningProps {
  readonly atMs: number;
  readonly icon: ReactNode;
  readonly tone?: 'good' | 'bad';
  readonly children: ReactNode;
}

function Happening({ atMs, icon, tone, children }: HappeningProps) {
  return (
    <div className="happening" data-tone={tone}>
      <span>{position(atMs)}</span>
      <span className="happening-what">
        {icon}
        {children}
      </span>
    </div>
  );
}

interface SentenceProps {
  readonly said: SaidPart;
  readonly isCurrent: boolean;
  readonly onSeek: (atMs: number) => void;
}

/** A sentence as the caller heard it: struck where it was not heard, with the mark of the interruption. */
function Sentence({ said, isCurrent, onSeek }: SentenceProps) {
  const { call: words } = useWords();
  const heard = heardPart(said);
  return (
    <button
      type="button"
      className="sentence"
      data-current={isCurrent || undefined}
      title={words.seek(position(said.startedAtMs))}
      onClick={() => onSeek(said.startedAtMs)}
    >
      <span className="sentence-at">{position(said.startedAtMs)}</span>
      <span className="sentence-by" data-by={said.speaker}>
        {said.speaker === 'caller' ? words.caller : words.agentSpeaker}
      </span>
      <span className="sentence-text">
        {said.isTranscribed ? said.text : <em>{words.lost}</em>}
        {typeof said.waitMs === 'number' && (
          <span className="sentence-wait">{words.waited(latency(said.waitMs))}</span>
        )}
        {said.unheardText && (
          <>
            {' '}
            <s>{said.unheardText}</s>
            <span className="hidden-text"> ({words.notHeard})</span>
          </>
        )}
        {heard !== null && (
          <span className="sentence-cut">
            ✂{' '}
            {heard.wholeMs > heard.heardMs
              ? `${words.interrupted}, ${words.heard(seconds(heard.heardMs), seconds(heard.wholeMs))}`
              : words.interruptedAfter(seconds(heard.heardMs))}
          </span>
        )}
      </span>
    </button>
  );
}
