import { CALL_RULES } from './call-rules.ts';
import type { CallStory } from './call-story.ts';
import { entriesOf, type HistoryEntry } from './entries.ts';
import { RunView } from './run-view.ts';

/** No two bookings of one resource overlap; no caller is promised a booking that does not exist. */
type BookingRule = 'no-overlap' | 'nothing-unkept-said';

/** A broken rule. */
export interface Violation {
  readonly rule: keyof typeof CALL_RULES | BookingRule;
  /** The carrier's id of the call; empty where none is concerned. */
  readonly call: string;
  readonly what: string;
}

/**
 * Checks a history against every rule. It uses the recorded entries only, so it can be repeated at any time.
 */
export function check(entries: readonly HistoryEntry[]): Violation[] {
  const { stories } = new RunView(entries);
  // An ordinary relay keeps no log and gives no model a history: only its rows are checked.
  const isPlain = entriesOf(entries, 'run').some(({ fleet }) => fleet === 'plain');
  const rules = Object.entries(CALL_RULES).filter(([rule]) => !isPlain || rule.startsWith('turn-'));
  const ofCalls = stories.flatMap((story) =>
    rules.flatMap(([rule, isBroken]) =>
      isBroken(story).map((what): Violation => ({ rule: rule as Violation['rule'], call: story.call, what })),
    ),
  );
  return [...ofCalls, ...overlaps(entries), ...unkeptPromises(entries, stories)];
}

function overlaps(entries: readonly HistoryEntry[]): Violation[] {
  const byResource = Map.groupBy(entriesOf(entries, 'booking'), ({ resource }) => resource);
  return [...byResource.values()].flatMap((bookings) => {
    const inOrder = [...bookings].sort((a, b) => a.startsAt - b.startsAt);
    return inOrder.flatMap((booking, index): Violation[] => {
      const before = inOrder[index - 1];
      return before && before.id !== booking.id && before.endsAt > booking.startsAt
        ? [
            {
              rule: 'no-overlap',
              call: booking.call ?? '',
              what: `bookings ${before.reference} and ${booking.reference} overlap`,
            },
          ]
        : [];
    });
  });
}

/** Agents say "Booked R-…" with the reference they were given. */
function unkeptPromises(entries: readonly HistoryEntry[], stories: readonly CallStory[]): Violation[] {
  const references = new Set(entriesOf(entries, 'booking').map(({ reference }) => reference));
  return stories.flatMap(({ call, heard }) =>
    heard.flatMap(({ text }): Violation[] => {
      const reference = /^Booked (\S+)\.$/.exec(text)?.[1];
      return reference === undefined || references.has(reference)
        ? []
        : [
            {
              rule: 'nothing-unkept-said',
              call,
              what: `booking ${reference} was promised and does not exist`,
            },
          ];
    }),
  );
}
