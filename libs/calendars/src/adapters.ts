import { z } from 'zod';
import { BasicAuthorization, CaldavCalendar } from './caldav/caldav-calendar.ts';
import type { CalendarApp, CalendarAppSettings } from './calendar-app.ts';
import { CalendarFault } from './calendar-fault.ts';
import { GoogleCalendar, googleCalendarApp } from './google-calendar/google-calendar.ts';
import { CalendarHttp, type Authorization, type HttpClient, type HttpLimits } from './http/calendar-http.ts';
import { MicrosoftCalendar, microsoftCalendarApp } from './microsoft-graph/microsoft-calendar.ts';
import { credentialsIn, OAuthAuthorization, type RenewCredentials } from './oauth/oauth-client.ts';
import type { CalendarProvider } from './ports/calendar-provider.ts';

/** The part of an adapter that knows how a calendar is reached. */
interface Adapter {
  /** How its owner lets us in. */
  readonly access: 'password' | 'oauth';
  /** The address is a URL that its owner chooses. */
  readonly isUrl: boolean;
  /** Returns the application with its provider; null when it is not set up. */
  readonly app?: (settings: CalendarAppSettings) => CalendarApp | null;
  open(http: CalendarHttp, address: string, options: { zone: string; apiUrl: string }): CalendarProvider;
}

const ADAPTERS = {
  caldav: {
    access: 'password',
    isUrl: true,
    open: (http, address, { zone }) => new CaldavCalendar(http, address, zone),
  },
  google: {
    access: 'oauth',
    isUrl: false,
    app: googleCalendarApp,
    open: (http, address, { zone, apiUrl }) => new GoogleCalendar(http, apiUrl, address, zone),
  },
  microsoft: {
    access: 'oauth',
    isUrl: false,
    app: microsoftCalendarApp,
    open: (http, address, { zone, apiUrl }) => new MicrosoftCalendar(http, apiUrl, address, zone),
  },
} as const satisfies Record<string, Adapter>;

export type CalendarKind = keyof typeof ADAPTERS;
export const CALENDAR_KINDS = Object.keys(ADAPTERS) as [CalendarKind, ...CalendarKind[]];
export const adapterOf = (kind: CalendarKind): Adapter => ADAPTERS[kind];
export const isCalendarKind = (kind: string): kind is CalendarKind => Object.hasOwn(ADAPTERS, kind);

export const passwordCredentialsSchema = z.object({ username: z.string(), password: z.string() });

export type CalendarApps = Readonly<Partial<Record<CalendarKind, CalendarApp>>>;

/** Returns the applications that are set up. */
export function calendarApps(settings: CalendarAppSettings): CalendarApps {
  const apps: Partial<Record<CalendarKind, CalendarApp>> = {};
  for (const kind of CALENDAR_KINDS) {
    const app = adapterOf(kind).app?.(settings);
    if (app) apps[kind] = app;
  }
  return apps;
}

export interface OpenCalendar {
  readonly kind: string;
  readonly address: string;
  /** As they were unsealed. */
  readonly credentials: unknown;
  /** IANA name. */
  readonly zone: string;
  readonly limits: HttpLimits;
  readonly renew: RenewCredentials;
}

/** Opens a calendar; nothing is sent yet. @throws CalendarFault when it cannot be opened */
export function openCalendar(
  client: HttpClient,
  apps: CalendarApps,
  calendar: OpenCalendar,
): CalendarProvider {
  const { kind, address, zone, limits } = calendar;
  if (!isCalendarKind(kind)) throw new CalendarFault('refused', 'unknown-kind');
  const adapter = adapterOf(kind);
  const app = apps[kind];
  const http = new CalendarHttp(client, authorizationOf(client, adapter, app, calendar), limits);
  return adapter.open(http, address, { zone, apiUrl: app?.apiUrl ?? '' });
}

function authorizationOf(
  client: HttpClient,
  { access }: Adapter,
  app: CalendarApp | undefined,
  { credentials, renew, limits }: OpenCalendar,
): Authorization {
  if (access === 'password') {
    const found = passwordCredentialsSchema.safeParse(credentials);
    if (!found.success) throw new CalendarFault('needs-authorization', 'no-credentials');
    return new BasicAuthorization(found.data.username, found.data.password);
  }
  if (!app) throw new CalendarFault('unavailable', 'no-client-id');
  return new OAuthAuthorization(client, app, credentialsIn(credentials), renew, limits);
}
