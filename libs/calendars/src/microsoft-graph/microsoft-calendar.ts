import { DateTime } from 'luxon';
import { z } from 'zod';
import type { CalendarApp, CalendarAppSettings } from '../calendar-app.ts';
import { CalendarFault } from '../calendar-fault.ts';
import type { CalendarEvent } from '../calendar-event.ts';
import type { CalendarHttp } from '../http/calendar-http.ts';
import { JsonCalendar, read } from '../http/json-calendar.ts';
import type { BusyTime, CalendarProvider, CalendarRange, WrittenEvent } from '../ports/calendar-provider.ts';

/*
 * Calendars of Microsoft 365 and Outlook over Microsoft Graph, version 1.0. Graph gives events ids of its
 * own: a property of ours, by which one can be looked up, tells which booking an event was written for.
 */

const SCOPE = 'offline_access Calendars.ReadWrite';
const PAGE = 100;
const MAX_PAGES = 100;
const PROPERTY = 'String {6f2c9c1e-1d0b-4b57-9a57-0d2f0b6f7a11} Name TandemBooking';
/** Ids that stay when an event is moved to another folder; times in UTC. */
const HEADERS = { prefer: 'outlook.timezone="UTC", IdType="ImmutableId"' };
const FREE = new Set(['free', 'workingElsewhere']);
const OWN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):\d+$/;

const timeSchema = z.object({ dateTime: z.string() });
const viewSchema = z.object({
  '@odata.nextLink': z.string().max(8_192).optional(),
  value: z.array(
    z.object({
      showAs: z.string().nullish(),
      isCancelled: z.boolean().nullish(),
      isAllDay: z.boolean().nullish(),
      transactionId: z.string().nullish(),
      start: timeSchema,
      end: timeSchema,
    }),
  ),
});
type ViewedEvent = z.output<typeof viewSchema>['value'][number];
const idSchema = z.object({ id: z.string().min(1) });
const idsSchema = z.object({ value: z.array(idSchema) });

const settingsSchema = z.object({
  microsoftCalendarClientId: z.string(),
  microsoftCalendarClientSecret: z.string(),
  microsoftCalendarApiUrl: z.string(),
  microsoftCalendarLoginUrl: z.string(),
});

/** Returns the application with Microsoft; null when it is not set up. */
export function microsoftCalendarApp(settings: CalendarAppSettings): CalendarApp | null {
  const found = settingsSchema.safeParse(settings);
  if (!found.success) return null;
  const login = found.data.microsoftCalendarLoginUrl;
  return {
    clientId: found.data.microsoftCalendarClientId,
    clientSecret: found.data.microsoftCalendarClientSecret,
    apiUrl: found.data.microsoftCalendarApiUrl,
    tokenUrl: `${login}/token`,
    authorizeUrl: `${login}/authorize`,
    scope: SCOPE,
    extra: { response_mode: 'query' },
  };
}

/** One calendar of Microsoft 365. */
export class MicrosoftCalendar implements CalendarProvider {
  private readonly json: JsonCalendar;
  private readonly calendar: string;

  /**
   * @param calendarId `primary`, or the id of a calendar
   * @param zone that of whole days, IANA name
   */
  constructor(
    http: CalendarHttp,
    private readonly apiUrl: string,
    calendarId: string,
    private readonly zone: string,
  ) {
    this.json = new JsonCalendar(http, HEADERS);
    const own = calendarId === 'primary' ? 'calendar' : `calendars/${encodeURIComponent(calendarId)}`;
    this.calendar = `${apiUrl}/me/${own}`;
  }

  async busy({ fromMs, untilMs }: CalendarRange): Promise<BusyTime[]> {
    const query = new URLSearchParams({
      startDateTime: new Date(fromMs).toISOString(),
      endDateTime: new Date(untilMs).toISOString(),
      $top: String(PAGE),
      $select: 'id,start,end,showAs,isCancelled,isAllDay,transactionId',
    });
    const busy: BusyTime[] = [];
    let url: string | undefined = `${this.calendar}/calendarView?${query.toString()}`;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const found: z.output<typeof viewSchema> = await this.json.get(url, viewSchema);
      busy.push(...found.value.flatMap((event) => this.busyTimeOf(event)));
      url = found['@odata.nextLink'];
      if (url === undefined) return busy;
      // The token goes to the address of the API alone.
      if (!url.startsWith(`${this.apiUrl}/`)) throw new CalendarFault('unavailable', 'unreadable-answer');
    }
    throw new CalendarFault('unavailable', 'too-many-events');
  }

  async put(event: CalendarEvent, { remoteId }: WrittenEvent): Promise<WrittenEvent> {
    const known = remoteId ?? (await this.find(event.bookingId));
    if (known !== null && (await this.patch(known, event))) return { remoteId: known, tag: null };
    return { remoteId: await this.create(event), tag: null };
  }

  async remove(bookingId: string, { remoteId }: WrittenEvent): Promise<void> {
    const known = remoteId ?? (await this.find(bookingId));
    if (known !== null) await this.json.send('DELETE', this.urlOf(known), null, [204, 404, 410]);
  }

  private async create(event: CalendarEvent): Promise<string> {
    const { bookingId, revision } = event;
    const body = {
      ...bodyOf(event),
      isReminderOn: false,
      transactionId: `${bookingId}:${revision}`,
      singleValueExtendedProperties: [{ id: PROPERTY, value: bookingId }],
    };
    const answer = await this.json.send('POST', `${this.calendar}/events`, body, [200, 201, 409]);
    if (answer.status !== 409) return read(answer, idSchema).id;
    // An earlier request with this transaction id was carried out.
    const known = await this.find(bookingId);
    if (known === null) throw new CalendarFault('unavailable', 'event-neither-there-nor-gone');
    return known;
  }

  /** @returns whether there is such an event */
  private async patch(id: string, event: CalendarEvent): Promise<boolean> {
    const { status } = await this.json.send('PATCH', this.urlOf(id), bodyOf(event), [200, 404, 410]);
    return status === 200;
  }

  private async find(bookingId: string): Promise<string | null> {
    const isOurs = `ep/id eq '${PROPERTY}' and ep/value eq '${bookingId}'`;
    const filter = `singleValueExtendedProperties/Any(ep: ${isOurs})`;
    const query = new URLSearchParams({ $filter: filter, $select: 'id', $top: '1' });
    const found = await this.json.get(`${this.calendar}/events?${query.toString()}`, idsSchema);
    return found.value[0]?.id ?? null;
  }

  private urlOf(id: string): string {
    return `${this.apiUrl}/me/events/${encodeURIComponent(id)}`;
  }

  private busyTimeOf({ showAs, isCancelled, isAllDay, transactionId, start, end }: ViewedEvent): BusyTime[] {
    if (isCancelled || FREE.has(showAs ?? '')) return [];
    // A whole day is one by the clock of its owner, whatever time zone it is told in.
    const zone = isAllDay ? this.zone : 'utc';
    const [startMs, endMs] = [start, end].map(({ dateTime }) =>
      DateTime.fromISO(dateTime.slice(0, 19), { zone }).toMillis(),
    );
    if (startMs === undefined || endMs === undefined || !(startMs < endMs)) return [];
    return [{ startMs, endMs, bookingId: OWN.exec(transactionId ?? '')?.[1] ?? null }];
  }
}

const localUtc = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19);

const bodyOf = ({ summary, description, startMs, endMs }: CalendarEvent) => ({
  subject: summary,
  body: { contentType: 'text', content: description },
  start: { dateTime: localUtc(startMs), timeZone: 'UTC' },
  end: { dateTime: localUtc(endMs), timeZone: 'UTC' },
  showAs: 'busy',
});
