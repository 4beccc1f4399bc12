import type { CallEventBody, NewCallEvent } from './call-event.ts';
import { digitRuns, isPause, type DigitRun } from './digit-runs.ts';
import type { JsonValue } from '../tools/json-value.ts';
import type { ToolOutcome } from '../tools/tool-outcome.ts';

/*
 * Card numbers are not stored. Every run of 13 digits or more, written or said in words, is replaced before
 * anything is stored, whatever its check digit; the check digit only picks the label. Runs longer than a card
 * number are masked as well: people say the date and the code behind the number. docs/privacy.md lists the
 * exceptions.
 */

const FEWEST_DIGITS = 13;
const MOST_DIGITS = 19;
export const CARD_LABEL = '[card number]';
export const NUMBER_LABEL = '[long number]';

/** The least digits of a number that is said twice: a telephone number has this many each time. */
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

/** Masks strings and numbers anywhere in a JSON value. */
export function maskJson(value: JsonValue): JsonValue {
  if (typeof value === 'string') return maskNumbers(value);
  if (typeof value === 'number')
    return isLongNumber(value) ? labelOf(BigInt(Math.trunc(Math.abs(value))).toString()) : value;
  if (Array.isArray(value)) return value.map(maskJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [maskNumbers(key), maskJson(inner)]));
}

/** Masks one party's utterances: a number may be split over several of them. */
export function maskUtterances(texts: readonly string[]): string[] {
  const runs = texts.map((text) => digitRuns(text));
  const labels = new Map<DigitRun, string>();
  let joined: DigitRun[] = [];
  const labelJoined = (): void => {
    const digits = joined.map((run) => run.digits).join('');
    if (digits.length >= FEWEST_DIGITS && !joined.every(({ isClockTimes }) => isClockTimes))
      for (const run of joined) labels.set(run, labelOf(digits));
    joined = [];
  };
  for (const [index, found] of runs.entries()) {
    for (const run of found) {
      if (!run.opensText || !continues(joined, run)) labelJoined();
      joined.push(run);
      if (!run.closesText) labelJoined();
    }
    if (found.length === 0 && !isPause(texts[index] ?? '')) labelJoined();
  }
  labelJoined();
  return texts.map((text, index) =>
    replaced(
      text,
      (runs[index] ?? []).flatMap((run) =>
        labels.has(run) ? [{ run, label: labels.get(run) ?? NUMBER_LABEL }] : [],
      ),
    ),
  );
}

/** Returns an event with its long numbers masked, as it may be stored. */
export function maskEvent(event: NewCallEvent): NewCallEvent {
  switch (event.type) {
    case 'caller.spoke':
      return { ...event, data: { ...event.data, text: maskNumbers(event.data.text) } };
    case 'agent.spoke':
      return { ...event, data: maskAgentSpeech(event.data) };
    case 'tool.called':
      return { ...event, data: { ...event.data, arguments: maskJson(event.data.arguments) } };
    case 'tool.finished':
    case 'tool.finished-late':
      return { ...event, data: { ...event.data, outcome: maskOutcome(event.data.outcome) } };
    case 'transfer.asked':
      return { ...event, data: { ...event.data, summary: maskNumbers(event.data.summary) } };
    default:
      return event;
  }
}

/** A number may be split at the place where the speech was cut off. */
function maskAgentSpeech(speech: CallEventBody<'agent.spoke'>): CallEventBody<'agent.spoke'> {
  if (speech.unheard === undefined) return { ...speech, text: maskNumbers(speech.text) };
  const [text = '', unheard = ''] = maskUtterances([speech.text, speech.unheard]);
  return { ...speech, text, unheard };
}

export function maskOutcome(outcome: ToolOutcome): ToolOutcome {
  if (outcome.status === 'ok') return { ...outcome, value: maskJson(outcome.value) };
  if (outcome.status !== 'refused') return outcome;
  const { confirms: _confirms, ...told } = outcome;
  return { ...told, detail: maskNumbers(outcome.detail) };
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
 * Returns whether a run continues the digits of the utterance before: one number, unless it is the same said
 * again.
 */
function continues(joined: readonly DigitRun[], run: DigitRun): boolean {
  const last = joined.at(-1);
  return last === undefined || last.digits !== run.digits || run.digits.length < FEWEST_REPEATED;
}

/** Returns the label of a run; one longer than a card number may begin with one. */
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
