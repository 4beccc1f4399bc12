import { CalendarFault } from '../calendar-fault.ts';
import type { CalendarEvent } from '../calendar-event.ts';
import { refusal, type Authorization, type CalendarHttp, type HttpAnswer } from '../http/calendar-http.ts';
import { formatInstant } from '../icalendar/content-lines.ts';
import { readBusy, readFreeBusy } from '../icalendar/read-busy.ts';
import { writeCalendar } from '../icalendar/write-calendar.ts';
import type { BusyTime, CalendarProvider, CalendarRange, WrittenEvent } from '../ports/calendar-provider.ts';
import { readXml, type XmlElement } from './xml.ts';

const DAV = 'DAV:';
const CALDAV = 'urn:ietf:params:xml:ns:caldav';
const XML = 'application/xml; charset=utf-8';
const DAY_MS = 86_400_000;
/** Events that are read of one answer: they take a second. */
const MAX_EVENTS = 10_000;
/** Own events that are taken out of free-busy times. */
const MAX_OWN = 1_000;

/** Basic authentication (RFC 7617). A refused password is not tried again. */
export class BasicAuthorization implements Authorization {
  constructor(
    private readonly username: string,
    private readonly password: string,
  ) {}

  header(isRefused: boolean): Promise<string> {
    if (isRefused) return Promise.reject(new CalendarFault('needs-authorization', 'http-401'));
    const pair = Buffer.from(`${this.username}:${this.password}`).toString('base64');
    return Promise.resolve(`Basic ${pair}`);
  }
}

/** A calendar collection of CalDAV (RFC 4791). An event is the object `<booking id>.ics` in it. */
export class CaldavCalendar implements CalendarProvider {
  private readonly collection: string;

  /**
   * @param address of the collection
   * @param zone that of whole days and of times without a time zone, IANA name
   */
  constructor(
    private readonly http: CalendarHttp,
    address: string,
    private readonly zone: string,
  ) {
    this.collection = address.endsWith('/') ? address : `${address}/`;
  }

  async busy(range: CalendarRange): Promise<BusyTime[]> {
    const answer = await this.report(calendarQuery(range));
    if (answer.status !== 207 && !isTooMuch(answer)) throw refusal(answer);
    const multistatus = answer.status === 207 ? readXml(answer.text) : null;
    // RFC 4791, 7.8: a server that has too many matches says so; halves of the time have fewer.
    if (!multistatus || statusesOf(multistatus).some((status) => status.includes(' 507')))
      return this.halves(range);
    const texts = objectsOf(multistatus);
    if (countEvents(texts) > MAX_EVENTS) return this.halves(range);
    const objects = texts.map((text) => readBusy(text, this.zone));
    const busy = objects.flatMap((object) => object.busy);
    if (!objects.some((object) => object.isUnexpanded)) return busy;
    // A server that does not work out repeated events in a query does so for free-busy times.
    const own = busy.filter(({ bookingId }) => bookingId !== null);
    const all = await this.freeBusy(range);
    if (own.length > MAX_OWN || all.length > MAX_EVENTS) return this.halves(range);
    return [...own, ...subtract(all, own)];
  }

  async put(event: CalendarEvent, { remoteId, tag }: WrittenEvent): Promise<WrittenEvent> {
    const text = writeCalendar(null, [event]);
    const url = this.urlOf(event.bookingId);
    const condition: string | null = tag ?? (remoteId === null ? null : await this.tagOf(url));
    const first = await this.write(url, text, condition);
    // Another version is there, or one where there was none: ours of a lost answer, or changed by somebody.
    const answer = first.status === 412 ? await this.write(url, text, await this.tagOf(url)) : first;
    if (![200, 201, 204].includes(answer.status)) throw refusal(answer);
    return { remoteId: url, tag: answer.entityTag };
  }

  async remove(bookingId: string): Promise<void> {
    const request = { method: 'DELETE', url: this.urlOf(bookingId), headers: {}, body: null } as const;
    const answer = await this.http.send(request);
    if (![200, 202, 204, 404, 410].includes(answer.status)) throw refusal(answer);
  }

  private urlOf(bookingId: string): string {
    return `${this.collection}${bookingId}.ics`;
  }

  /** @param tag of the version to replace; null to write only where there is none */
  private write(url: string, text: string, tag: string | null): Promise<HttpAnswer> {
    const condition = tag === null ? { 'if-none-match': '*' } : { 'if-match': tag };
    const headers = { 'content-type': 'text/calendar; charset=utf-8', ...condition };
    return this.http.send({ method: 'PUT', url, headers, body: text });
  }

  /** Returns the version that is there; null when there is none. */
  private async tagOf(url: string): Promise<string | null> {
    const answer = await this.http.send({ method: 'GET', url, headers: {}, body: null });
    if (answer.status === 404 || answer.status === 410) return null;
    if (answer.status !== 200 || answer.entityTag === null) throw refusal(answer);
    return answer.entityTag;
  }

  private async halves({ fromMs, untilMs }: CalendarRange): Promise<BusyTime[]> {
    if (untilMs - fromMs <= DAY_MS) throw new CalendarFault('unavailable', 'too-many-events');
    const middleMs = Math.floor((fromMs + untilMs) / 2);
    const first = await this.busy({ fromMs, untilMs: middleMs });
    return [...first, ...(await this.busy({ fromMs: middleMs, untilMs }))];
  }

  private async freeBusy(range: CalendarRange): Promise<BusyTime[]> {
    const answer = await this.report(
      `<c:free-busy-query xmlns:c="${CALDAV}"><c:time-range ${spanOf(range)}/></c:free-busy-query>`,
    );
    if (answer.status !== 200) throw refusal(answer);
    return readFreeBusy(answer.text);
  }

  private report(body: string): Promise<HttpAnswer> {
    return this.http.send({
      method: 'REPORT',
      url: this.collection,
      headers: { depth: '1', 'content-type': XML },
      body: `<?xml version="1.0" encoding="utf-8"?>\n${body}`,
    });
  }
}

const spanOf = ({ fromMs, untilMs }: CalendarRange): string =>
  `start="${formatInstant(fromMs)}" end="${formatInstant(untilMs)}"`;

const calendarQuery = (range: CalendarRange): string =>
  `<c:calendar-query xmlns:d="${DAV}" xmlns:c="${CALDAV}"><d:prop><d:getetag/>` +
  `<c:calendar-data><c:expand ${spanOf(range)}/></c:calendar-data></d:prop>` +
  `<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range ${spanOf(range)}/>` +
  '</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>';

const isTooMuch = ({ status, text }: HttpAnswer): boolean =>
  status === 403 && text.includes('number-of-matches-within-limits');

const childrenOf = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name);

const statusesOf = (multistatus: XmlElement): string[] =>
  childrenOf(multistatus, `{${DAV}}response`)
    .flatMap((response) => childrenOf(response, `{${DAV}}status`))
    .map(({ text }) => `${text} `);

/** Returns the calendar objects of a multistatus. */
function objectsOf(multistatus: XmlElement): string[] {
  return childrenOf(multistatus, `{${DAV}}response`)
    .flatMap((response) => childrenOf(response, `{${DAV}}propstat`))
    .filter((found) => childrenOf(found, `{${DAV}}status`).some(({ text }) => / 200\b/.test(text)))
    .flatMap((found) => childrenOf(found, `{${DAV}}prop`))
    .flatMap((prop) => childrenOf(prop, `{${CALDAV}}calendar-data`))
    .map(({ text }) => text);
}

const countEvents = (texts: readonly string[]): number =>
  texts.reduce((count, text) => count + text.split('BEGIN:VEVENT').length - 1, 0);

/** Returns what is left of times outside of others. */
function subtract(times: readonly BusyTime[], others: readonly BusyTime[]): BusyTime[] {
  let left = [...times];
  for (const { startMs, endMs } of others)
    left = left.flatMap((time) =>
      time.startMs >= endMs || startMs >= time.endMs
        ? [time]
        : [
            { ...time, endMs: startMs },
            { ...time, startMs: endMs },
          ].filter((part) => part.startMs < part.endMs),
    );
  return left;
}
