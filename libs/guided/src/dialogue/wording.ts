import { sayClock, sayDay } from './calendar.ts';
import { sayEssential, type DialogueContext, type DialogueMove } from './dialogue.ts';
import type { PartOfDay, Service } from './meaning.ts';
import type { ClockTime } from './calendar-words.ts';

/** The sentences of the guided dialogue. English only, like the recogniser's model. */

export const DISCLOSURE = 'I am a guided demo, not an AI, and understand short answers.';
export const NO_PERSON = 'I cannot put you through to a person here.';
export const NOBODY_THERE = 'Nobody is there to take the call at this hour.';
export const NOT_PUT_THROUGH = 'I could not put you through.';
export const CALLBACK = 'A colleague will check and call you back to confirm.';
export const GOODBYE = 'Thank you for calling. Goodbye.';

export function greeting(context: DialogueContext): string {
  return context.companyName === ''
    ? 'Hello, and thank you for calling.'
    : `Hello, this is ${context.companyName}.`;
}

export function welcomeBack(name: string): string {
  return `Welcome back, ${name.split(/\s+/)[0]}.`;
}

const SERVICE_NAMES: Record<Service, string> = {
  plumbing: 'plumbing',
  heating: 'heating',
  electrical: 'electrical work',
};

export function serviceName(service: Service): string {
  return SERVICE_NAMES[service];
}

/** "Wednesday, March 4th in the morning". */
export function wishWords(
  wish: { date: string; part: PartOfDay | null; clock: ClockTime | null },
  context: DialogueContext,
): string {
  const day = sayDay(wish.date, context.today);
  if (wish.clock) return `${day} around ${sayClock(wish.clock)}`;
  return wish.part === null || wish.part === 'any' ? day : `${day} in the ${wish.part}`;
}

/** "nine, ten thirty or eleven in the morning": a part of the day that all share is said once. */
export function listTimes(times: readonly ClockTime[]): string {
  const said = times.map(sayClock);
  const parts = new Set(said.flatMap((words) => / in the \w+$/.exec(words) ?? []));
  const shared = parts.size === 1 && said.at(-1) !== 'noon' ? ([...parts][0] as string) : '';
  const words = said.map((text) => (shared === '' ? text : text.replace(shared, '')));
  const listed = words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return `${listed}${shared}`;
}

/** The visit the caller wants, as far as they have said it; null for parts they have not said. */
export interface VisitRequest {
  readonly service: Service | null;
  readonly date: string | null;
  readonly part: PartOfDay | null;
  readonly clock: ClockTime | null;
  readonly customerName: string | null;
}

/** Returns what the person who takes the call is told. */
export function requestSummary(
  { service, date, part, clock, customerName }: VisitRequest,
  context: DialogueContext,
): string {
  const who = customerName === null ? 'The caller' : customerName;
  const day = date === null ? '' : ` for ${wishWords({ date, part, clock }, context)}`;
  const what =
    service === null ? '' : ` They were about to book ${serviceName(service)}${day}; nothing is booked.`;
  return `${who} asked for a person.${what}`;
}

/** Says what would be booked; a yes counts only when this has been heard. */
export function summary(
  service: Service,
  date: string,
  time: ClockTime,
  context: DialogueContext,
): DialogueMove {
  return sayEssential(
    `So that is ${serviceName(service)}, ${sayDay(date, context.today)}, at ${sayClock(time)}.`,
  );
}
