import { BusinessSimulator, type BusinessRequest, type Reply } from '../business-simulator.ts';
import { json, OAuthAuthority, objectOf } from '../oauth/oauth-authority.ts';

/*
 * The Google Calendar API, version 3, as far as its pages "Events: list", "Events: insert", "Events: patch",
 * "Events: delete" and "Handle API errors" describe what is used of it.
 */

const EVENTS = /^\/calendar\/v3\/calendars\/([^/]+)\/events(?:\/([^/]+))?$/;
/** "Events: insert": characters of base32hex, 5 to 1024 of them. */
const ID = /^[a-v0-9]{5,1024}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const KNOWN_FIELDS = new Set([
  ...['id', 'status', 'summary', 'description', 'start', 'end', 'transparency', 'reminders'],
  ...['extendedProperties', 'visibility', 'location', 'attendees', 'recurrence'],
]);

type EventTime = { readonly dateTime?: string; readonly date?: string; readonly timeZone?: string };

export interface GoogleEvent {
  readonly id: string;
  readonly status: string;
  readonly summary?: string;
  readonly description?: string;
  readonly start: EventTime;
  readonly end: EventTime;
  readonly transparency?: string;
  readonly attendees?: readonly { readonly self?: boolean; readonly responseStatus?: string }[];
}

/** The calendars of one user. */
export class GoogleCalendarSimulator extends BusinessSimulator {
  readonly authority = new OAuthAuthority({
    clientId: 'client.apps.example.com',
    clientSecret: 'a client secret',
    redirectUrl: 'https://control.example.com/oauth/calendar/callback',
    scope: 'https://www.googleapis.com/auth/calendar.events',
    needed: { access_type: 'offline', prompt: 'consent' },
    doesRotate: false,
  });
  /** Events of the main calendar, also deleted ones, whose status is `cancelled`. */
  readonly events = new Map<string, GoogleEvent>();
  timeZone = 'America/New_York';
  /** The most events of a page. */
  pageSize = 250;

  get apiUrl(): string {
    return `${this.url}/calendar/v3`;
  }

  get tokenUrl(): string {
    return `${this.url}/token`;
  }

  /** The events that are not deleted. */
  get standing(): GoogleEvent[] {
    return [...this.events.values()].filter(({ status }) => status !== 'cancelled');
  }

  /** Puts an event of the calendar's owner. */
  addEvent(id: string, event: Omit<GoogleEvent, 'id' | 'status'> & { readonly status?: string }): void {
    this.events.set(id, { status: 'confirmed', ...event, id });
  }

  protected answer(request: BusinessRequest): Reply {
    const url = new URL(`${request.path}?${request.query.toString()}`, this.url);
    if (url.pathname === '/token') return this.authority.token(request);
    const [, calendar = '', id] = EVENTS.exec(url.pathname) ?? [];
    if (calendar === '') return { status: 404, body: 'Not Found' };
    if (!this.authority.allows(request)) return error(401, 'authError', 'Invalid Credentials');
    if (decodeURIComponent(calendar) !== 'primary') return error(404, 'notFound', 'Not Found');
    if (id === undefined)
      return request.method === 'GET' ? this.list(url.searchParams) : this.insert(request);
    return this.change(request, decodeURIComponent(id));
  }

  private list(query: URLSearchParams): Reply {
    const [from, until] = [query.get('timeMin') ?? '', query.get('timeMax') ?? ''];
    if (!INSTANT.test(from) || !INSTANT.test(until)) return error(400, 'badRequest', 'Bad Request');
    if (Date.parse(from) >= Date.parse(until))
      return error(400, 'timeRangeEmpty', 'The specified time range is empty.');
    const most = Number(query.get('maxResults') ?? 250);
    if (!(most >= 1 && most <= 2_500)) return error(400, 'invalidParameter', 'maxResults');
    const found = this.standing.filter(
      ({ start, end }) => instantOf(end) > Date.parse(from) && instantOf(start) < Date.parse(until),
    );
    const token = query.get('pageToken');
    const first = token === null ? 0 : Number(token.replace('page-', ''));
    if (!Number.isInteger(first)) return error(400, 'invalid', 'Invalid page token value.');
    const next = first + Math.min(most, this.pageSize);
    return json(200, {
      kind: 'calendar#events',
      timeZone: this.timeZone,
      items: found.slice(first, next),
      ...(next < found.length ? { nextPageToken: `page-${next}` } : {}),
    });
  }

  private insert({ method, headers, text: body }: BusinessRequest): Reply {
    if (method !== 'POST') return { status: 405 };
    const event = eventOf(headers['content-type'], body);
    const id: unknown = event?.['id'];
    if (!event || typeof id !== 'string' || !ID.test(id))
      return error(400, 'invalid', 'Invalid resource id value.');
    if (!isTimed(event)) return error(400, 'required', 'Missing or wrong start or end time.');
    // "Events: insert" and "Handle API errors": an id stays taken after its event was deleted.
    if (this.events.has(id)) return error(409, 'duplicate', 'The requested identifier already exists.');
    const made = { status: 'confirmed', ...event, id } as unknown as GoogleEvent;
    this.events.set(id, made);
    return json(200, made);
  }

  private change({ method, headers, text: body }: BusinessRequest, id: string): Reply {
    const event = this.events.get(id);
    if (!event) return error(404, 'notFound', 'Not Found');
    if (method === 'DELETE') {
      if (event.status === 'cancelled') return error(410, 'deleted', 'Resource has been deleted');
      this.events.set(id, { ...event, status: 'cancelled' });
      return { status: 204 };
    }
    if (method !== 'PATCH') return { status: 405 };
    const change = eventOf(headers['content-type'], body);
    if (!change || ('id' in change && change['id'] !== id)) return error(400, 'invalid', 'Invalid value');
    const changed = { ...event, ...change };
    if (!isTimed(changed)) return error(400, 'timeRangeEmpty', 'The specified time range is empty.');
    this.events.set(id, changed);
    return json(200, changed);
  }
}

function eventOf(type: string | undefined, body: string): Record<string, unknown> | null {
  if (!/^application\/json\b/.test(type ?? '')) return null;
  const event = objectOf(body);
  return event && Object.keys(event).every((name) => KNOWN_FIELDS.has(name)) ? event : null;
}

function isTimed({ start, end }: Record<string, unknown>): boolean {
  const isTime = (time: unknown): time is EventTime => {
    const { dateTime, date } = (time ?? {}) as EventTime;
    return dateTime === undefined ? DATE.test(date ?? '') : date === undefined && INSTANT.test(dateTime);
  };
  return isTime(start) && isTime(end) && instantOf(start) < instantOf(end);
}

const instantOf = ({ dateTime, date }: EventTime): number => Date.parse(dateTime ?? `${date}T00:00:00Z`);

const error = (status: number, reason: string, message: string): Reply =>
  json(status, { error: { errors: [{ domain: 'calendar', reason, message }], code: status, message } });
