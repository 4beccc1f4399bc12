import { areClockTimes } from './clock-times.ts';
import { addWord, addWritten, rests, type DigitDraft } from './digit-draft.ts';
import { spokenPart } from './number-words.ts';

/** Digits that follow each other, written or in words, with nothing between them but pauses. */
export interface DigitRun {
  /** Index of the first digit in the text, and behind the last one. */
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  /** A list of times of the day, such as "nine, nine thirty, ten": not a number of a person. */
  readonly isClockTimes: boolean;
  /** Nothing but pauses stands before it, or behind it. */
  readonly opensText: boolean;
  readonly closesText: boolean;
}

/*
 * One piece of text after the other. What looks like digits and is known to be something else comes first:
 * instants and dates, ids (UUID), times of the day, telephone numbers with their plus (E.164, 15 digits at
 * most).
 */
const PIECE = new RegExp(
  [
    String.raw`(?<known>(?<!\d-)(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])` +
      String.raw`(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])`,
    String.raw`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z-])`,
    String.raw`(?<!:)(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d:])`,
    String.raw`(?<!\d[/.])\d{1,2}[/.]\d{1,2}[/.](?:19|20)?\d\d(?![/.]?\d)`,
    String.raw`\+[1-9](?:[ ().-]{0,2}\d){6,14}(?![ ().-]{0,2}\d))`,
    String.raw`|(?<digits>\p{Nd}+)`,
    String.raw`|(?<word>[\p{L}\p{M}]+)`,
    String.raw`|(?<pause>[\s\p{P}])`,
    String.raw`|(?<other>[^])`,
  ]
    .join('|')
    .replaceAll('||', '|'),
  'giu',
);

/** Punctuation that people do not put between the digits of one number. */
const DIVIDERS = new Set(['%', '@', '&', '"', '{', '}', '[', ']']);
/** Digits glued to letters are an id or a unit, unless they are as many as a card has. */
const MIN_GLUED = 13;

/** Returns the runs of a text, in their order. Linear in its length. */
export function digitRuns(text: string): DigitRun[] {
  const reader = new RunReader(text);
  for (const match of text.matchAll(PIECE)) reader.read(match);
  return reader.end();
}

/** Returns whether a text has no words but those people say between digits. */
export function isPause(text: string): boolean {
  return [...text.matchAll(/[\p{L}\p{M}]+|\p{Nd}/gu)].every(([word]) => spokenPart(word)?.kind === 'filler');
}

class RunReader {
  private readonly runs: DigitRun[] = [];
  private draft: DigitDraft | null = null;
  /** True while there were only pauses. */
  private isOpening = true;

  constructor(private readonly text: string) {}

  read({ 0: piece, index, groups }: RegExpExecArray): void {
    const { digits, word, pause } = groups as Partial<Record<'digits' | 'word' | 'pause', string>>;
    const end = index + piece.length;
    const open = (): DigitDraft =>
      (this.draft ??= {
        start: index,
        end,
        digits: '',
        values: [],
        repeats: 0,
        pause: 0,
        fillers: 0,
        isTens: false,
        opensText: this.isOpening,
      });
    const isContinued = this.takes(open, digits, word, pause, index, end);
    if (!isContinued) this.close(false);
    if (!isContinued || this.draft) this.isOpening = false;
  }

  end(): DigitRun[] {
    this.close(true);
    return this.runs;
  }

  private takes(
    open: () => DigitDraft,
    digits: string | undefined,
    word: string | undefined,
    pause: string | undefined,
    start: number,
    end: number,
  ): boolean {
    if (digits !== undefined) {
      if (isGlued(this.text, start, end)) return false;
      addWritten(open(), digits, end);
      return true;
    }
    if (word !== undefined) return addWord(this.draft, open, word, end);
    return pause !== undefined && !DIVIDERS.has(pause) && (this.draft === null || rests(this.draft));
  }

  private close(closesText: boolean): void {
    const { draft } = this;
    this.draft = null;
    if (!draft || draft.digits === '') return;
    this.runs.push({
      start: draft.start,
      end: draft.end,
      digits: draft.digits,
      isClockTimes: areClockTimes(draft.values),
      opensText: draft.opensText,
      closesText,
    });
  }
}

function isGlued(text: string, start: number, end: number): boolean {
  return end - start < MIN_GLUED && (isLetter(text.charAt(start - 1)) || isLetter(text.charAt(end)));
}

const isLetter = (character: string): boolean => /^\p{L}$/u.test(character);
