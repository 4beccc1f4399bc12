import ICAL from 'ical.js';

/** An event as an independent reader of iCalendar sees it. */
export interface ReadEvent {
  readonly uid: string;
  readonly summary: string | null;
  readonly description: string | null;
  readonly start: Date;
  readonly end: Date;
  readonly stamp: Date;
  readonly sequence: number;
  readonly status: string | null;
}

const NEEDED = ['uid', 'dtstamp', 'dtstart'];

/** Reads iCalendar text. @throws Error where it breaks RFC 5545 */
export function readCalendarObject(text: string): { name: string | null; events: ReadEvent[] } {
  const calendar = parseCalendar(text);
  return {
    name: textOf(calendar, 'name'),
    events: calendar.getAllSubcomponents('vevent').map((component) => {
      const event = new ICAL.Event(component);
      return {
        uid: event.uid,
        summary: textOf(component, 'summary'),
        description: textOf(component, 'description'),
        start: event.startDate.toJSDate(),
        end: event.endDate.toJSDate(),
        stamp: (component.getFirstPropertyValue('dtstamp') as ICAL.Time).toJSDate(),
        sequence: event.sequence ?? 0,
        status: textOf(component, 'status'),
      };
    }),
  };
}

/** Returns the calendar of a text with what every calendar and event must have. @throws Error */
export function parseCalendar(text: string): ICAL.Component {
  if (/(?<!\r)\n/.test(text)) throw new Error('A line ends without CR and LF.');
  const long = text.split('\r\n').find((line) => Buffer.byteLength(line) > 75);
  if (long !== undefined) throw new Error(`A line is longer than 75 octets: ${long.slice(0, 40)}…`);
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  if (calendar.name !== 'vcalendar') throw new Error('There is no VCALENDAR.');
  for (const name of ['prodid', 'version'])
    if (!calendar.hasProperty(name)) throw new Error(`The calendar has no ${name}.`);
  for (const event of calendar.getAllSubcomponents('vevent')) {
    const missing = NEEDED.find((name) => event.getAllProperties(name).length !== 1);
    if (missing) throw new Error(`An event needs exactly one ${missing}.`);
    if (event.hasProperty('dtend') && event.hasProperty('duration'))
      throw new Error('An event has both an end and a duration.');
  }
  return calendar;
}

function textOf(component: ICAL.Component, name: string): string | null {
  const value: unknown = component.getFirstPropertyValue(name);
  return typeof value === 'string' ? value : null;
}
