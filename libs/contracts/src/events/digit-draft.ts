import { spokenPart } from './number-words.ts';

/** Between two digits; more is another matter. */
const LONGEST_PAUSE = 16;
const MAX_FILLERS = 3;

/** A run of digits while it is read. */
export interface DigitDraft {
  start: number;
  end: number;
  digits: string;
  /** The numbers said, for telling times of the day; null once something was written in digits. */
  values: number[] | null;
  repeats: number;
  pause: number;
  fillers: number;
  /** The last word was one of twenty to ninety, which a unit may follow. */
  isTens: boolean;
  opensText: boolean;
}

/** Adds digits written as such. */
export function addWritten(draft: DigitDraft, digits: string, end: number): void {
  const written = digits.normalize('NFKC');
  draft.digits += draft.repeats > 0 ? written.charAt(0).repeat(draft.repeats - 1) + written : written;
  Object.assign(draft, { end, repeats: 0, pause: 0, fillers: 0, isTens: false, values: null });
}

/** Adds what a word says; returns whether it continues the run. */
export function addWord(
  draft: DigitDraft | null,
  open: () => DigitDraft,
  word: string,
  end: number,
): boolean {
  const part = spokenPart(word);
  if (!part) return false;
  switch (part.kind) {
    case 'filler':
      if (!draft) return true;
      draft.fillers += 1;
      return draft.fillers <= MAX_FILLERS && rests(draft, word.length);
    case 'repeat':
      open().repeats = part.times;
      return true;
    case 'zeros':
      if (!draft || draft.digits === '') return false;
      draft.digits += '0'.repeat(part.count);
      Object.assign(draft, { end, pause: 0, fillers: 0, isTens: false });
      return true;
    case 'value':
      addValue(open(), part.value, end);
      return true;
  }
}

function addValue(draft: DigitDraft, value: number, end: number): void {
  const isUnitOfTens = draft.isTens && value > 0 && value < 10;
  if (isUnitOfTens) {
    draft.digits = draft.digits.slice(0, -1) + String(value);
    draft.values?.push((draft.values.pop() ?? 0) + value);
  } else {
    draft.digits += value < 10 ? String(value).repeat(Math.max(1, draft.repeats)) : String(value);
    draft.values?.push(value);
  }
  Object.assign(draft, { end, repeats: 0, pause: 0, fillers: 0, isTens: !isUnitOfTens && value >= 20 });
}

/** Adds a pause; returns whether the run may go on after it. */
export function rests(draft: DigitDraft, length = 1): boolean {
  draft.pause += length;
  return draft.pause <= LONGEST_PAUSE;
}
