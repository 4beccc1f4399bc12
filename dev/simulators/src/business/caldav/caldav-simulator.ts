import { createHash } from 'node:crypto';
import ICAL from 'ical.js';
import { BusinessSimulator, type BusinessRequest, type Reply } from '../business-simulator.ts';
import { parseCalendar, readCalendarObject, type ReadEvent } from '../icalendar/calendar-object.ts';

/*
 * A calendar collection of CalDAV (RFC 4791) as far as reading busy times and writing events goes: REPORT
 * with calendar-query and free-busy-query, GET, PUT and DELETE with conditions, Basic authentication.
 */

const USER = 'maria';
const COLLECTION = '/calendars/maria/work/';
const CALDAV = 'urn:ietf:params:xml:ns:caldav';
const SPAN = /time-range start="(\d{8}T\d{6}Z)" end="(\d{8}T\d{6}Z)"/;
const EXPAND = /expand start="(\d{8}T\d{6}Z)" end="(\d{8}T\d{6}Z)"/;
const MAX_INSTANCES = 1_000;

export interface CaldavOptions {
  /** False for a server that sends repeated events with their rule. */
  readonly doesExpand?: boolean;
  /** More matches than this are refused with the status 507. */
  readonly maxMatches?: number;
}

interface Instance {
  readonly start: ICAL.Time;
  readonly end: ICAL.Time;
}

/** One calendar of one user. */
export class CaldavSimulator extends BusinessSimulator {
  readonly username = USER;
  password = 'a password';
  /** Calendar objects by their address. */
  readonly objects = new Map<string, string>();

  constructor(private readonly options: CaldavOptions = {}) {
    super();
  }

  /** The address of the collection. */
  get collection(): string {
    return this.url + COLLECTION;
  }

  /** Puts an event of the calendar's owner, with lines of iCalendar in it. */
  addEvent(name: string, ...lines: string[]): void {
    const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Owner//EN', 'BEGIN:VEVENT', `UID:${name}`];
    const whole = [...text, 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT', 'END:VCALENDAR', ''];
    this.objects.set(`${COLLECTION}${name}.ics`, whole.join('\r\n'));
  }

  /** The events that are there, as an independent reader sees them. */
  get events(): ReadEvent[] {
    return [...this.objects.values()].flatMap((text) => readCalendarObject(text).events);
  }

  protected answer(request: BusinessRequest): Reply {
    const expected = `Basic ${Buffer.from(`${USER}:${this.password}`).toString('base64')}`;
    if (request.headers.authorization !== expected)
      return { status: 401, headers: { 'www-authenticate': 'Basic realm="calendars"' } };
    if (!request.path.startsWith(COLLECTION)) return { status: 404 };
    if (request.method === 'REPORT') return this.report(request);
    if (request.method === 'PUT') return this.put(request);
    const text = this.objects.get(request.path);
    if (text === undefined) return { status: 404 };
    if (request.method === 'GET')
      return { status: 200, headers: { 'content-type': 'text/calendar', etag: tagOf(text) }, body: text };
    if (request.method !== 'DELETE') return { status: 405 };
    const condition = request.headers['if-match'];
    if (condition !== undefined && condition !== tagOf(text)) return { status: 412 };
    this.objects.delete(request.path);
    return { status: 204 };
  }

  private put({ path, headers, text: body }: BusinessRequest): Reply {
    if (!/^text\/calendar\b/.test(headers['content-type'] ?? ''))
      return precondition('supported-calendar-data');
    let uid: string;
    try {
      uid = checkedUid(body);
    } catch {
      return precondition('valid-calendar-data');
    }
    const before = this.objects.get(path);
    if (headers['if-none-match'] === '*' && before !== undefined) return { status: 412 };
    const condition = headers['if-match'];
    if (condition !== undefined && (before === undefined || condition !== tagOf(before)))
      return { status: 412 };
    const isElsewhere = [...this.objects].some(
      ([at, text]) => at !== path && text.includes(`UID:${uid}\r\n`),
    );
    if (isElsewhere) return precondition('no-uid-conflict');
    this.objects.set(path, body);
    return { status: before === undefined ? 201 : 204, headers: { etag: tagOf(body) } };
  }

  private report({ path, headers, text: body }: BusinessRequest): Reply {
    const span = SPAN.exec(body);
    if (path !== COLLECTION) return { status: 404 };
    if (!/^(?:application|text)\/xml\b/.test(headers['content-type'] ?? '')) return { status: 415 };
    if (!body.includes(CALDAV) || !span) return { status: 400 };
    const [from, until] = [timeOf(span[1]), timeOf(span[2])];
    if (from.compare(until) >= 0) return precondition('valid-filter');
    if (/<c:free-busy-query\b/.test(body)) return this.freeBusy(from, until);
    // RFC 4791, 7.8: without a Depth of 1 a query is about nothing in the collection.
    return headers['depth'] === '1' ? this.query(body, from, until) : multistatus('');
  }

  private query(body: string, from: ICAL.Time, until: ICAL.Time): Reply {
    if (!/<c:calendar-query\b/.test(body) || !body.includes('comp-filter name="VCALENDAR"'))
      return precondition('valid-filter');
    const isExpanded = EXPAND.test(body) && this.options.doesExpand !== false;
    const matches = [...this.objects].filter(([, text]) => instancesOf(text, from, until).length > 0);
    if (matches.length > (this.options.maxMatches ?? Number.POSITIVE_INFINITY))
      return multistatus(
        `<d:response><d:href>${COLLECTION}</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status>` +
          '<d:error><d:number-of-matches-within-limits/></d:error></d:response>',
      );
    return multistatus(
      matches.map(([at, text]) => responseOf(at, isExpanded ? expanded(text, from, until) : text)).join(''),
    );
  }

  private freeBusy(from: ICAL.Time, until: ICAL.Time): Reply {
    const periods = [...this.objects.values()]
      .flatMap((text) => instancesOf(text, from, until))
      .map(({ start, end }) => `FREEBUSY;FBTYPE=BUSY:${utc(start)}/${utc(end)}`);
    const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Server//EN', 'BEGIN:VFREEBUSY'];
    const body = [...lines, ...periods, 'END:VFREEBUSY', 'END:VCALENDAR', ''].join('\r\n');
    return { status: 200, headers: { 'content-type': 'text/calendar' }, body };
  }
}

/** Returns the UID of a calendar object that is one event. @throws Error (RFC 4791, 4.1) */
function checkedUid(text: string): string {
  const calendar = parseCalendar(text);
  if (calendar.hasProperty('method')) throw new Error('A calendar object has no METHOD.');
  const events = readCalendarObject(text).events;
  const [first] = events;
  if (!first || events.some(({ uid }) => uid !== first.uid)) throw new Error('One object has one UID.');
  if (events.some(({ start, end }) => end <= start)) throw new Error('An event ends before it starts.');
  return first.uid;
}

function instancesOf(text: string, from: ICAL.Time, until: ICAL.Time): Instance[] {
  const found: Instance[] = [];
  for (const component of new ICAL.Component(ICAL.parse(text) as unknown[]).getAllSubcomponents('vevent')) {
    const event = new ICAL.Event(component);
    const isCancelled = component.getFirstPropertyValue('status') === 'CANCELLED';
    if (isCancelled || component.getFirstPropertyValue('transp') === 'TRANSPARENT') continue;
    const lasts = event.duration;
    const starts = event.iterator();
    for (let count = 0; count < MAX_INSTANCES; count += 1) {
      const start = event.isRecurring() ? starts.next() : count === 0 ? event.startDate : null;
      if (!start || start.compare(until) >= 0) break;
      const end = start.clone();
      end.addDuration(lasts);
      if (end.compare(from) > 0) found.push({ start, end });
    }
  }
  return found;
}

/** Returns an object with its instances in the span in place of its rule, times in UTC (RFC 4791, 9.6.5). */
function expanded(text: string, from: ICAL.Time, until: ICAL.Time): string {
  const { events } = readCalendarObject(text);
  const uid = events[0]?.uid ?? '';
  const instances = instancesOf(text, from, until).flatMap(({ start, end }) => [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20260101T000000Z',
    ...(start.isDate
      ? [`DTSTART;VALUE=DATE:${start.toICALString()}`, `DTEND;VALUE=DATE:${end.toICALString()}`]
      : [`DTSTART:${utc(start)}`, `DTEND:${utc(end)}`]),
    'END:VEVENT',
  ]);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Server//EN', ...instances, 'END:VCALENDAR', ''].join(
    '\r\n',
  );
}

const utc = (time: ICAL.Time): string =>
  `${time.toJSDate().toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;

const timeOf = (text: string | undefined): ICAL.Time =>
  ICAL.Time.fromString(
    (text ?? '').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
    undefined,
  );

const tagOf = (text: string): string => `"${createHash('sha1').update(text).digest('hex')}"`;

const precondition = (name: string): Reply => ({
  status: 403,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0"?><d:error xmlns:d="DAV:" xmlns:c="${CALDAV}"><c:${name}/></d:error>`,
});

const multistatus = (responses: string): Reply => ({
  status: 207,
  headers: { 'content-type': 'application/xml; charset=utf-8' },
  body:
    `<?xml version="1.0" encoding="utf-8"?><d:multistatus xmlns:d="DAV:" xmlns:cal="${CALDAV}">` +
    `${responses}</d:multistatus>`,
});

const responseOf = (at: string, text: string): string =>
  `<d:response><d:href>${at}</d:href><d:propstat><d:prop><d:getetag>&quot;x&quot;</d:getetag>` +
  `<cal:calendar-data>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</cal:calendar-data>` +
  '</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>';
