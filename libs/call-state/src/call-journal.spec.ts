import { describe, expect, it } from '@jest/globals';
import { CallJournal, type JournalEntry } from './call-journal.ts';

const entry = (seq: number): JournalEntry => ({ epoch: 1, seq, sealed: () => String(seq), mark: '', micros: 0 });
const numbers = (journal: CallJournal) => journal.unstored(100).map(({ seq }) => seq);

function filled(count: number, most?: { unstored: number; remembered: number }): CallJournal {
  const journal = new CallJournal([], 0, most);
  for (let seq = 1; seq <= count; seq += 1) journal.add(entry(seq));
  return journal;
}

describe('the journal of a call', () => {
  it('hands out what Redis does not have, in order, and again what it has lost', () => {
    const journal = filled(5);
    journal.stored(journal.unstored(4));
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

  it('takes no more than may wait', () => {
    const journal = filled(3, { unstored: 3, remembered: 10 });
    expect(journal.add(entry(4))).toBe(false);
    journal.stored(journal.unstored(1));
    expect(journal.add(entry(4))).toBe(true);
  });

  it('forgets the oldest of what is stored, and says where it begins', () => {
    const journal = filled(3, { unstored: 10, remembered: 3 });
    expect(journal.beginsAfter).toBe(0);
    journal.stored(journal.unstored(3));
    journal.add(entry(4));
    expect(journal.beginsAfter).toBe(1);
    journal.rewind(0);
    expect(numbers(journal)).toEqual([2, 3, 4]);
  });

  it('begins after what is stored while it is empty', () => {
    expect(new CallJournal([], 7).beginsAfter).toBe(7);
  });
});
