import { DateTime } from 'luxon';
import { z } from 'zod';
import type { CalendarApp, CalendarAppSettings } from '../calendar-app.ts';
import { CalendarFault } from '../calendar-fault.ts';
import type { CalendarEvent } from '../calendar-event.ts';
import type { CalendarHttp, HttpAnswer } from '../http/calendar-http.ts';
import { JsonCalendar } from '../http/json-calendar.ts';
import { parseJson } from '../oauth/oauth-client.ts';
import type { BusyTime, CalendarProvider, CalendarRange, WrittenEvent } from '../ports/calendar-provider.ts';

/*
 * The Google Calendar API, version 3. Busy times come from "Events: list" and not from "Freebusy: query",
 * which does not say which event makes a time busy: our own could not be told from those of others.
 */

const AUTHORIZE_URL = 'https://accounts.google.com/o/oauth2/v2/auth';
const SCOPE = 'https://www.googleapis.com/auth/calendar.events';
const PAGE = 250;
const MAX_PAGES = 40;
/** "Events: insert": letters a to v and digits. */
const ID_PREFIX = 'tandem';
const OWN_ID = /^tandem([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;
const LIMIT_REASONS = new Set([
  ...['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'calendarUsageLimitsExceeded'],
  'dailyLimitExceeded',
]);

const timeSchema = z.object({ dateTime: z.string().optional(), date: z.string().optional() });
const pageSchema = z.object({
  timeZone: z.string().optional(),
  nextPageToken: z.string().max(4_096).optional(),
  items: z.array(
    z.object({
      id: z.string(),
      status: z.string().optional(),
      transparency: z.string().optional(),
      start: timeSchema.optional(),
      end: timeSchema.optional(),
      attendees: z
        .array(z.object({ self: z.boolean().optional(), responseStatus: z.string().optional() }))
        .optional(),
    }),
  ),
});
type ListedEvent = z.output<typeof pageSchema>['items'][number];

const settingsSchema = z.object({
  googleCalendarClientId: z.string(),
  googleCalendarClientSecret: z.string(),
  googleCalendarApiUrl: z.string(),
  googleCalendarTokenUrl: z.string(),
});

/** Returns the application with Google; null when it is not set up. */
export function googleCalendarApp(settings: CalendarAppSettings): CalendarApp | null {
  const found = settingsSchema.safeParse(settings);
  if (!found.success) return null;
  return {
    clientId: found.data.googleCalendarClientId,
    clientSecret: found.data.googleCalendarClientSecret,
    apiUrl: found.data.googleCalendarApiUrl,
    tokenUrl: found.data.googleCalendarTokenUrl,
    authorizeUrl: AUTHORIZE_URL,
    scope: SCOPE,
    // Without both there is no refresh token when the owner agreed before.
    extra: { access_type: 'offline', prompt: 'consent' },
  };
}

/** One Google calendar. The id of an event is made from that of its booking. */
export class GoogleCalendar implements CalendarProvider {
  private readonly json: JsonCalendar;
  private readonly events: string;

  /**
   * @param calendarId `primary`, or an id such as an e-mail address
   * @param zone that of whole days where the calendar names none, IANA name
   */
  constructor(
    http: CalendarHttp,
    apiUrl: string,
    calendarId: string,
    private readonly zone: string,
  ) {
    this.json = new JsonCalendar(http, {}, limitFault);
    this.events = `${apiUrl}/calendars/${encodeURIComponent(calendarId)}/events`;
  }

  async busy({ fromMs, untilMs }: CalendarRange): Promise<BusyTime[]> {
    const busy: BusyTime[] = [];
    let token: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const query = new URLSearchParams({
        timeMin: new Date(fromMs).toISOString(),
        timeMax: new Date(untilMs).toISOString(),
        singleEvents: 'true',
        maxResults: String(PAGE),
        fields:
          'timeZone,nextPageToken,items(id,status,transparency,start,end,attendees(self,responseStatus))',
        ...(token === undefined ? {} : { pageToken: token }),
      });
      const found = await this.json.get(`${this.events}?${query.toString()}`, pageSchema);
      busy.push(...found.items.flatMap((event) => busyTimeOf(event, found.timeZone ?? this.zone)));
      token = found.nextPageToken;
      if (token === undefined) return busy;
    }
    throw new CalendarFault('unavailable', 'too-many-events');
  }

  async put(event: CalendarEvent, { remoteId }: WrittenEvent): Promise<WrittenEvent> {
    const id = idOf(event.bookingId);
    const isChanged = remoteId !== null && (await this.patch(id, event));
    if (!isChanged) await this.insert(id, event);
    return { remoteId: id, tag: null };
  }

  async remove(bookingId: string): Promise<void> {
    const url = `${this.events}/${idOf(bookingId)}?sendUpdates=none`;
    await this.json.send('DELETE', url, null, [200, 204, 404, 410]);
  }

  private async insert(id: string, event: CalendarEvent): Promise<void> {
    const body = { ...bodyOf(event), id };
    const { status } = await this.json.send('POST', `${this.events}?sendUpdates=none`, body, [200, 409]);
    // It is there: written before, its answer lost, or deleted, which a change of its status undoes.
    if (status === 409 && !(await this.patch(id, event)))
      throw new CalendarFault('unavailable', 'event-neither-there-nor-gone');
  }

  /** @returns whether there is such an event */
  private async patch(id: string, event: CalendarEvent): Promise<boolean> {
    const url = `${this.events}/${id}?sendUpdates=none`;
    const { status } = await this.json.send('PATCH', url, bodyOf(event), [200, 404, 410]);
    return status === 200;
  }
}

const idOf = (bookingId: string): string => ID_PREFIX + bookingId.replaceAll('-', '');

const bodyOf = ({ summary, description, startMs, endMs }: CalendarEvent) => ({
  status: 'confirmed',
  summary,
  description,
  start: { dateTime: new Date(startMs).toISOString() },
  end: { dateTime: new Date(endMs).toISOString() },
  transparency: 'opaque',
});

function busyTimeOf(event: ListedEvent, zone: string): BusyTime[] {
  const { id, status, transparency, attendees = [], start, end } = event;
  const isDeclined = attendees.some(({ self, responseStatus }) => self && responseStatus === 'declined');
  if (status === 'cancelled' || transparency === 'transparent' || isDeclined) return [];
  const [startMs, endMs] = [instantOf(start, zone), instantOf(end, zone)];
  if (startMs === null || endMs === null || startMs >= endMs) return [];
  return [{ startMs, endMs, bookingId: OWN_ID.exec(id)?.slice(1).join('-') ?? null }];
}

function instantOf(time: z.output<typeof timeSchema> | undefined, zone: string): number | null {
  const { dateTime, date } = time ?? {};
  const at = DateTime.fromISO(dateTime ?? date ?? '', { zone });
  return at.isValid ? at.toMillis() : null;
}

/** "Handle API errors": a 403 for one of these reasons is a limit, to be tried again later. */
function limitFault({ status, text, retryAfterMs }: HttpAnswer): CalendarFault | null {
  if (status !== 403) return null;
  const body = parseJson(text) as { error?: { errors?: readonly { reason?: unknown }[] } } | null;
  const reasons = Array.isArray(body?.error?.errors) ? body.error.errors : [];
  return reasons.some(({ reason }) => LIMIT_REASONS.has(String(reason)))
    ? new CalendarFault('unavailable', 'rate-limited', retryAfterMs)
    : null;
}
