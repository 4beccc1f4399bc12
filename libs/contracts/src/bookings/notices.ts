import { z } from 'zod';
import { messageChannelSchema } from '../messages/message.ts';

/** The earliest reminder: two weeks before. */
const MAX_MINUTES_BEFORE = 20_160;

export const reminderSchema = z.strictObject({
  minutesBefore: z.number().int().min(15).max(MAX_MINUTES_BEFORE),
  channel: messageChannelSchema,
});
export type Reminder = z.output<typeof reminderSchema>;

/** Texts of a business in place of ours; absent ones are ours. */
export interface BookingTexts {
  readonly confirmation?: string | undefined;
  readonly reminder?: string | undefined;
  readonly offer?: string | undefined;
}

/** Everything that can be said about an appointment. */
export interface AppointmentFacts {
  readonly company: string;
  readonly service: string;
  readonly reference: string;
  readonly startsAt: Date;
  /** IANA name of the zone of the business. */
  readonly timeZone: string;
  /** The number to call; null when there is none. */
  readonly number: string | null;
  /** The end of an offer. */
  readonly until?: Date;
  /** BCP 47: the language of a text of the business. */
  readonly language: string | null;
}

const TEXTS: Required<Record<keyof BookingTexts, string>> = {
  confirmation: '{company}: your appointment ({service}) is on {date} at {time}. Reference {reference}.',
  reminder:
    '{company}: a reminder of your appointment ({service}) on {date} at {time}. Reference {reference}.',
  offer:
    '{company}: an appointment ({service}) is free on {date} at {time}. It is held for you until {until}. ' +
    'Reference {reference}.',
};
const CALL: Required<Record<keyof BookingTexts, string>> = {
  confirmation: ' To change it, call {number}.',
  reminder: ' To change it, call {number}.',
  offer: ' To take it, call {number}.',
};

/** Places in a text of a business. */
export const TEXT_PLACES = ['company', 'service', 'date', 'time', 'until', 'reference', 'number'] as const;

/**
 * Returns the text of a notice: the one of the business, with the dates of its language, or ours in English.
 * A place that it does not know stays as it is written.
 */
export function appointmentText(
  kind: keyof BookingTexts,
  facts: AppointmentFacts,
  texts: BookingTexts,
): string {
  const own = texts[kind];
  const { number } = facts;
  const text = own ?? TEXTS[kind] + (number === null ? '' : CALL[kind]);
  const places = placesOf(facts, own === undefined ? 'en-GB' : (facts.language ?? 'en-GB'));
  return text.replace(/\{(\w+)\}/g, (place, name: string) => places[name] ?? place);
}

/** Returns the subject of a notice that is an e-mail. */
export function appointmentSubject(facts: AppointmentFacts): string {
  const { date, time } = placesOf(facts, facts.language ?? 'en-GB');
  return `${facts.company}: ${facts.service}, ${date} ${time}`.replace(/\s+/g, ' ').slice(0, 200);
}

function placesOf(facts: AppointmentFacts, language: string): Record<string, string> {
  const { company, service, reference, startsAt, timeZone, number, until } = facts;
  const format = (at: Date, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { timeZone, ...options }).format(at);
  const day = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  return {
    company,
    service,
    reference,
    date: format(startsAt, day),
    time: format(startsAt, clock),
    until: until ? format(until, { weekday: 'short', ...clock }) : '',
    number: number ?? '',
  };
}

/** Returns the address in the setting of a sender: `Company <office@example.com>` or the address alone. */
export const mailAddressOf = (sender: string): string => /<([^>]+)>$/.exec(sender)?.[1] ?? sender;
