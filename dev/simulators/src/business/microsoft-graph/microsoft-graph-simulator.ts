import { randomBytes } from 'node:crypto';
import { BusinessSimulator, type BusinessRequest, type Reply } from '../business-simulator.ts';
import { json, OAuthAuthority, objectOf } from '../oauth/oauth-authority.ts';

/*
 * Microsoft Graph, version 1.0, as far as its pages "List calendarView", "Create event", "Update event",
 * "Delete event", "event resource type" and "Get singleValueLegacyExtendedProperty" describe what is used.
 */

const VIEW = /^\/v1\.0\/me\/calendar\/calendarView$/;
const EVENTS = /^\/v1\.0\/me\/calendar\/events$/;
const EVENT = /^\/v1\.0\/me\/events\/([^/]+)$/;
const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?$/;
const FILTER = /^singleValueExtendedProperties\/Any\(ep: ep\/id eq '([^']+)' and ep\/value eq '([^']+)'\)$/;
const FIELDS = new Set([
  ...['subject', 'body', 'start', 'end', 'showAs', 'isReminderOn', 'transactionId'],
  ...['singleValueExtendedProperties', 'isAllDay', 'sensitivity'],
]);

interface GraphTime {
  readonly dateTime: string;
  readonly timeZone: string;
}

export interface GraphEvent {
  readonly id: string;
  readonly subject?: string;
  readonly body?: { readonly contentType: string; readonly content: string };
  readonly start: GraphTime;
  readonly end: GraphTime;
  readonly showAs?: string;
  readonly isAllDay?: boolean;
  readonly isCancelled?: boolean;
  readonly transactionId?: string;
  readonly singleValueExtendedProperties?: readonly { readonly id: string; readonly value: string }[];
}

/** The main calendar of one user. */
export class MicrosoftGraphSimulator extends BusinessSimulator {
  readonly authority = new OAuthAuthority({
    clientId: '11111111-2222-3333-4444-555555555555',
    clientSecret: 'a client secret',
    redirectUrl: 'https://control.example.com/oauth/calendar/callback',
    scope: 'offline_access Calendars.ReadWrite',
    needed: { response_mode: 'query' },
    doesRotate: true,
  });
  readonly events = new Map<string, GraphEvent>();
  /** The most events of a page. */
  pageSize = 10;

  get apiUrl(): string {
    return `${this.url}/v1.0`;
  }

  get loginUrl(): string {
    return `${this.url}/common/oauth2/v2.0`;
  }

  /** Puts an event of the calendar's owner; times in UTC. */
  addEvent(id: string, start: string, end: string, more: Partial<GraphEvent> = {}): void {
    const time = (dateTime: string) => ({ dateTime, timeZone: 'UTC' });
    this.events.set(id, { id, start: time(start), end: time(end), showAs: 'busy', ...more });
  }

  protected answer(request: BusinessRequest): Reply {
    const url = new URL(`${request.path}?${request.query.toString()}`, this.url);
    if (url.pathname === '/common/oauth2/v2.0/token') return this.authority.token(request);
    if (!this.authority.allows(request))
      return error(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.');
    if (VIEW.test(url.pathname) && request.method === 'GET') return this.view(url, request);
    if (EVENTS.test(url.pathname))
      return request.method === 'GET' ? this.find(url.searchParams) : this.create(request);
    const [, id] = EVENT.exec(url.pathname) ?? [];
    return id === undefined
      ? error(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')
      : this.change(request, decodeURIComponent(id));
  }

  private view(url: URL, { headers }: BusinessRequest): Reply {
    const query = url.searchParams;
    const [from, until] = [query.get('startDateTime') ?? '', query.get('endDateTime') ?? ''];
    if (!Number.isFinite(Date.parse(from)) || !Number.isFinite(Date.parse(until)))
      return error(400, 'ErrorInvalidParameter', 'startDateTime and endDateTime are needed.');
    if (Date.parse(from) > Date.parse(until))
      return error(400, 'ErrorInvalidParameter', 'startDateTime is after endDateTime.');
    // Without the header, times are in UTC too; a client that relies on it must say so.
    if (!/outlook\.timezone="UTC"/.test(String(headers['prefer'] ?? '')))
      return error(400, 'ErrorInvalidRequest', 'Send Prefer: outlook.timezone="UTC".');
    const found = [...this.events.values()].filter(
      ({ start, end }) => instantOf(end) > Date.parse(from) && instantOf(start) < Date.parse(until),
    );
    const first = Number(query.get('$skip') ?? 0);
    const next = first + Math.min(Number(query.get('$top') ?? 10), this.pageSize);
    const following = new URL(url);
    following.searchParams.set('$skip', String(next));
    return json(200, {
      value: found.slice(first, next),
      ...(next < found.length ? { '@odata.nextLink': following.toString() } : {}),
    });
  }

  private find(query: URLSearchParams): Reply {
    const [, property, value] = FILTER.exec(query.get('$filter') ?? '') ?? [];
    if (property === undefined) return error(400, 'BadRequest', 'Invalid filter clause.');
    const found = [...this.events.values()].filter(({ singleValueExtendedProperties: own = [] }) =>
      own.some((one) => one.id === property && one.value === value),
    );
    return json(200, { value: found.map(({ id }) => ({ id })) });
  }

  private create({ method, headers, text: body }: BusinessRequest): Reply {
    if (method !== 'POST') return error(405, 'ErrorInvalidRequest', 'Method not allowed.');
    const event = eventOf(headers['content-type'], body);
    if (!event || !isTimed(event)) return error(400, 'ErrorPropertyValidationFailure', 'Invalid event.');
    const isKnown = [...this.events.values()].some(
      ({ transactionId }) => transactionId !== undefined && transactionId === event['transactionId'],
    );
    if (isKnown) return error(409, 'ErrorDuplicateTransactionId', 'The TransactionId exists already.');
    const made = { ...event, id: `AAMk${randomBytes(12).toString('base64url')}` } as unknown as GraphEvent;
    this.events.set(made.id, made);
    return json(201, made);
  }

  private change({ method, headers, text: body }: BusinessRequest, id: string): Reply {
    const event = this.events.get(id);
    if (!event) return error(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
    if (method === 'DELETE') {
      this.events.delete(id);
      return { status: 204 };
    }
    if (method !== 'PATCH') return error(405, 'ErrorInvalidRequest', 'Method not allowed.');
    const change = eventOf(headers['content-type'], body);
    // "event resource type": transactionId is set on creation alone.
    if (!change || 'transactionId' in change || !isTimed({ ...event, ...change }))
      return error(400, 'ErrorPropertyValidationFailure', 'Invalid change.');
    const changed = { ...event, ...change };
    this.events.set(id, changed);
    return json(200, changed);
  }
}

function eventOf(type: string | undefined, body: string): Record<string, unknown> | null {
  if (!/^application\/json\b/.test(type ?? '')) return null;
  const event = objectOf(body);
  return event && Object.keys(event).every((name) => FIELDS.has(name)) ? event : null;
}

function isTimed(event: Record<string, unknown>): boolean {
  const isTime = (time: unknown): time is GraphTime => {
    const { dateTime, timeZone } = (time ?? {}) as Partial<GraphTime>;
    return typeof dateTime === 'string' && LOCAL.test(dateTime) && timeZone === 'UTC';
  };
  const { start, end } = event;
  return isTime(start) && isTime(end) && instantOf(start) < instantOf(end);
}

const instantOf = ({ dateTime }: GraphTime): number => Date.parse(`${dateTime.slice(0, 19)}Z`);

const error = (status: number, code: string, message: string): Reply =>
  json(status, { error: { code, message } });
