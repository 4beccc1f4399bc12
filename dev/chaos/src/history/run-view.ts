import { storiesOf, type CallStory } from './call-story.ts';
import { entriesOf, type EntryOf, type HistoryEntry } from './entries.ts';
import { lossOf, type Loss } from './loss.ts';

/** A history, call by call and fault by fault. */
export class RunView {
  readonly stories: readonly CallStory[];
  readonly faults: readonly EntryOf<'fault'>[];

  constructor(readonly entries: readonly HistoryEntry[]) {
    this.faults = entriesOf(entries, 'fault');
    this.stories = storiesOf(entries);
  }

  /** Returns the figures measured under this name. */
  measured(what: string): number[] {
    return entriesOf(this.entries, 'measured')
      .filter((entry) => entry.what === what)
      .map(({ value }) => value);
  }

  /** Every call a fault of this kind struck. */
  losses(...whats: readonly string[]): Loss[] {
    const byCall = new Map(this.stories.map((story) => [story.call, story]));
    return this.faults
      .filter(({ what }) => whats.includes(what))
      .flatMap((fault) =>
        fault.held.flatMap((call) => byCall.get(call) ?? []).map((story) => lossOf(story, fault)),
      );
  }
}

/** Returns the value that `share` (0 to 1) of the values do not exceed; NaN for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Returns a percentage; NaN for no items. */
export function shareOf<Item>(items: readonly Item[], isSo: (item: Item) => boolean): number {
  return items.length === 0 ? Number.NaN : (items.filter(isSo).length / items.length) * 100;
}
