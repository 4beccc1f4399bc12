import { describe, expect, it } from '@jest/globals';
import type { HistoryEntry } from './entries.ts';
import { absenceMs, type Loss } from './loss.ts';
import { RunView } from './run-view.ts';

const CALL = 'CA1';
/** A call whose relay is drained at 10,000, with a stream to the next relay from 10,500. */
const drained = (...entries: readonly HistoryEntry[]) => absenceMs(lossOf(...entries));
function lossOf(...entries: readonly HistoryEntry[]): Loss {
  const history: HistoryEntry[] = [
    { at: 0, kind: 'call-placed', call: CALL },
    { at: 10_000, kind: 'fault', what: 'drain', target: 'relay-1', held: [CALL] },
    {
      at: 30_000,
      kind: 'stream',
      call: CALL,
      url: 'ws://r1',
      openedAt: 100,
      endedAt: 10_100,
      end: 'closed-by-server',
    },
    {
      at: 30_000,
      kind: 'stream',
      call: CALL,
      url: 'ws://r2',
      openedAt: 10_500,
      endedAt: 29_000,
      end: 'stopped',
    },
    { at: 30_000, kind: 'call-ended', call: CALL, toRelayMs: 0, by: 'hangup-by-party', said: [], errors: [] },
    {
      at: 30_000,
      kind: 'log',
      call: CALL,
      callId: 'c1',
      events: [{ at: 11_500, type: 'model.opened', epoch: 2, seq: 1 }],
    },
    ...entries,
  ];
  const [loss] = new RunView(history).losses('drain');
  return loss!;
}

describe('the silence a caller hears when their relay goes', () => {
  const agent: HistoryEntry = {
    at: 13_000,
    kind: 'agent-heard',
    call: CALL,
    text: 'Answer.',
    fromAt: 12_000,
    frames: 50,
    total: 50,
  };

  it('lasts from the fault to the next sound of the agent', () => {
    expect(drained(agent)).toBe(2_000);
  });

  it('is the time between two streams where nothing is due: later words are kept for the model', () => {
    const said: HistoryEntry = {
      at: 11_200,
      kind: 'caller-said',
      call: CALL,
      text: 'call 1 turn 1',
      fromAt: 10_600,
      isAnswered: true,
    };
    expect(drained(said, agent)).toBe(400);
  });

  it('does not begin while the caller speaks', () => {
    expect(
      drained(
        {
          at: 11_200,
          kind: 'caller-said',
          call: CALL,
          text: 'call 1 turn 1',
          fromAt: 9_900,
          isAnswered: true,
        },
        agent,
      ),
    ).toBe(800);
  });
});

describe('the agent is back', () => {
  const saidEarly: HistoryEntry = {
    at: 11_000,
    kind: 'caller-said',
    call: CALL,
    text: 'call 1 turn 1',
    fromAt: 10_200,
    isAnswered: true,
  };
  const explains = (fromAt: number): HistoryEntry => ({
    at: fromAt + 1_000,
    kind: 'agent-heard',
    call: CALL,
    text: 'Sorry.',
    fromAt,
    frames: 50,
    total: 50,
  });

  it('with its first sound, though the caller began to speak before it', () => {
    expect(lossOf(saidEarly, explains(11_100)).backMs).toBe(1_100);
  });

  it('with a model that listens, when the caller speaks and the agent has nothing to say', () => {
    expect(lossOf(saidEarly, explains(13_000)).backMs).toBe(1_500);
  });

  it('not before its first sound when words are due', () => {
    expect(lossOf(explains(13_000)).backMs).toBe(3_000);
  });
});
