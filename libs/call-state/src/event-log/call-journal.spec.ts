import { describe, expect, it } from '@jest/globals';
import { CallJournal, type JournalEntry } from './call-journal.ts';
import type { LogLimits } from './log-bound.ts';

const entry = (seq: number): JournalEntry => ({
  epoch: 1,
  seq,
  sealed: () => String(seq),
  transition: '',
  micros: 0,
  bytes: 10,
});
const MANY = { events: 100, bytes: 100_000 };
const unstored = (journal: CallJournal, events: number) => journal.unstored({ events, bytes: 100_000 });
const numbers = (journal: CallJournal) => journal.unstored(MANY).map(({ seq }) => seq);

function filled(
  count: number,
  most: { unstored: LogLimits; remembered: LogLimits } = { unstored: MANY, remembered: MANY },
): CallJournal {
  const journal = new CallJournal([], 0, most);
  for (let seq = 1; seq <= count; seq += 1) journal.add(entry(seq));
  return journal;
}

describe('the journal of a call', () => {
  it('hands out what Redis does not have, in order, and again what it has lost', () => {
    const journal = filled(5);
    journal.stored(unstored(journal, 4));
    expect([numbers(journal), journal.storedSeq, journal.hasUnstored]).toEqual([[5], 4, true]);
    expect(journal.rewind(2)).toBe(2);
    expect([numbers(journal), journal.storedSeq]).toEqual([[3, 4, 5], 2]);
    expect(journal.rewind(2)).toBe(0);
  });

  it('knows what earlier owners wrote as stored', () => {
    const journal = new CallJournal([entry(1), entry(2)], 2);
    expect(journal.hasUnstored).toBe(false);
    journal.add(entry(3));
    journal.rewind(0);
    expect(numbers(journal)).toEqual([1, 2, 3]);
  });

  it('is full with as many events as may wait', () => {
    const journal = filled(3, { unstored: { events: 3, bytes: 1_000 }, remembered: MANY });
    expect(journal.isFull).toBe(true);
    journal.stored(unstored(journal, 1));
    expect(journal.isFull).toBe(false);
  });

  it('is full with as many bytes as may wait, those to be sent again included', () => {
    const journal = filled(3, { unstored: { events: 100, bytes: 30 }, remembered: MANY });
    expect(journal.isFull).toBe(true);
    journal.add(entry(4));
    journal.stored(unstored(journal, 2));
    expect(journal.isFull).toBe(false);
    journal.add(entry(5));
    journal.rewind(0);
    expect(journal.isFull).toBe(true);
    expect(numbers(journal)).toEqual([1, 2, 3, 4, 5]);
  });

  it('hands out no more bytes at a time than are asked for, and at least one entry', () => {
    const journal = filled(5);
    expect(journal.unstored({ events: 100, bytes: 25 }).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(journal.unstored({ events: 100, bytes: 5 }).map(({ seq }) => seq)).toEqual([1]);
  });

  it('remembers no more bytes than it may of what is stored', () => {
    const journal = filled(5, { unstored: MANY, remembered: { events: 100, bytes: 25 } });
    expect(journal.bytes).toBe(50);
    journal.stored(unstored(journal, 5));
    journal.add(entry(6));
    expect([journal.bytes, journal.beginsAfter]).toEqual([20, 4]);
    expect(
      new CallJournal([entry(1), entry(2), entry(3)], 3, {
        unstored: MANY,
        remembered: { events: 100, bytes: 25 },
      }).beginsAfter,
    ).toBe(1);
  });

  it('forgets the oldest of what is stored, and says where it begins', () => {
    const journal = filled(3, { unstored: MANY, remembered: { events: 3, bytes: 1_000 } });
    expect(journal.beginsAfter).toBe(0);
    journal.stored(unstored(journal, 3));
    journal.add(entry(4));
    expect(journal.beginsAfter).toBe(1);
    journal.rewind(0);
    expect(numbers(journal)).toEqual([2, 3, 4]);
  });

  it('begins after what is stored while it is empty', () => {
    expect(new CallJournal([], 7).beginsAfter).toBe(7);
  });
});
