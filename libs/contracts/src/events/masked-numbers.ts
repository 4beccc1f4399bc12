import type { NewCallEvent } from './call-event.ts';
import { digitRuns, isPause, type DigitRun } from './digit-runs.ts';
import type { JsonValue, ToolOutcome } from '../tools/tool-call.ts';

/*
 * Card numbers do not stay. Every run of 13 digits or more, written or said in words, is replaced before
 * anything is written, whatever its check digit says; the check digit only picks the label. Longer runs than
 * a card has are masked as well: people say the date and the code behind the number. docs/privacy.md says
 * what passes.
 */

const FEWEST_DIGITS = 13;
const MOST_DIGITS = 19;
export const CARD_LABEL = '[card number]';
export const NUMBER_LABEL = '[long number]';

/** As many as a telephone number said twice, once and again, has each time. */
const FEWEST_REPEATED = 10;
/** Unix times in ms of this age (2000 to 2070), as JSON numbers. */
const EPOCH_MS = { from: 946_684_800_000, until: 3_155_760_000_000 };

export function maskNumbers(text: string): string {
  return replaced(
    text,
    digitRuns(text)
      .filter(isLong)
      .map((run) => ({ run, label: labelOf(run.digits) })),
  );
}

/** Strings and numbers anywhere in it. */
export function maskJson(value: JsonValue): JsonValue {
  if (typeof value === 'string') return maskNumbers(value);
  if (typeof value === 'number')
    return isLongNumber(value) ? labelOf(BigInt(Math.trunc(Math.abs(value))).toString()) : value;
  if (Array.isArray(value)) return value.map(maskJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [maskNumbers(key), maskJson(inner)]));
}

/** What one party said, piece after piece: a number may be split over several of them. */
export function maskUtterances(texts: readonly string[]): string[] {
  const runs = texts.map((text) => digitRuns(text));
  const labels = new Map<DigitRun, string>();
  let joined: DigitRun[] = [];
  const settle = (): void => {
    const digits = joined.map((run) => run.digits).join('');
    if (digits.length >= FEWEST_DIGITS && !joined.every(({ isClockTimes }) => isClockTimes))
      for (const run of joined) labels.set(run, labelOf(digits));
    joined = [];
  };
  for (const [index, found] of runs.entries()) {
    for (const run of found) {
      if (!run.opensText || !goesOn(joined, run)) settle();
      joined.push(run);
      if (!run.closesText) settle();
    }
    if (found.length === 0 && !isPause(texts[index] ?? '')) settle();
  }
  settle();
  return texts.map((text, index) =>
    replaced(
      text,
      (runs[index] ?? []).flatMap((run) =>
        labels.has(run) ? [{ run, label: labels.get(run) ?? NUMBER_LABEL }] : [],
      ),
    ),
  );
}

/** A fact of a call as it may be written. */
export function maskEvent(fact: NewCallEvent): NewCallEvent {
  switch (fact.type) {
    case 'caller.spoke':
      return { ...fact, data: { ...fact.data, text: maskNumbers(fact.data.text) } };
    case 'agent.spoke':
      return { ...fact, data: { ...fact.data, text: maskNumbers(fact.data.text) } };
    case 'tool.called':
      return { ...fact, data: { ...fact.data, arguments: maskJson(fact.data.arguments) } };
    case 'tool.finished':
      return { ...fact, data: { ...fact.data, outcome: maskOutcome(fact.data.outcome) } };
    case 'transfer.asked':
      return { ...fact, data: { ...fact.data, summary: maskNumbers(fact.data.summary) } };
    default:
      return fact;
  }
}

export function maskOutcome(outcome: ToolOutcome): ToolOutcome {
  if (outcome.status === 'ok') return { ...outcome, value: maskJson(outcome.value) };
  return outcome.status === 'refused' ? { ...outcome, detail: maskNumbers(outcome.detail) } : outcome;
}

function isLong({ digits, isClockTimes }: DigitRun): boolean {
  return digits.length >= FEWEST_DIGITS && !isClockTimes;
}

function isLongNumber(value: number): boolean {
  const size = Math.abs(value);
  return (
    Number.isInteger(value) &&
    size >= 10 ** (FEWEST_DIGITS - 1) &&
    size < 1e21 &&
    !(value >= EPOCH_MS.from && value < EPOCH_MS.until)
  );
}

/**
 * The last piece ended in digits and this one begins with some: one number, unless it is the same said again.
 */
function goesOn(joined: readonly DigitRun[], run: DigitRun): boolean {
  const last = joined.at(-1);
  return last === undefined || last.digits !== run.digits || run.digits.length < FEWEST_REPEATED;
}

/** Of a run longer than a card number has, one may stand at its beginning. */
function labelOf(digits: string): string {
  if (digits.length <= MOST_DIGITS) return hasCheckDigit(digits) ? CARD_LABEL : NUMBER_LABEL;
  for (let length = FEWEST_DIGITS; length <= MOST_DIGITS; length += 1)
    if (hasCheckDigit(digits.slice(0, length))) return CARD_LABEL;
  return NUMBER_LABEL;
}

/** Luhn, as cards have it. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    if (digit < 0 || digit > 9) return false;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function replaced(
  text: string,
  masks: readonly { readonly run: DigitRun; readonly label: string }[],
): string {
  if (masks.length === 0) return text;
  let result = '';
  let from = 0;
  for (const { run, label } of masks) {
    result += text.slice(from, run.start) + label;
    from = run.end;
  }
  return result + text.slice(from);
}
