import { Inject, Injectable } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import {
  CalendarFault,
  openCalendar,
  toCalendarEvent,
  type CalendarApps,
  type CalendarProvider,
} from '@tandem/calendars';
import { calendarCredentialsPlace } from '@tandem/contracts';
import { CalendarSyncRepository, type ClaimedCalendar, type DueCalendarEvent } from '@tandem/database';
import { CONFIG, OutboundClient, type ServiceConfig } from '@tandem/platform';
import { joinBusy } from './busy-times.ts';
import { CalendarMetrics } from './calendar-metrics.ts';
import { eventRestOf } from './calendar-rest.ts';

/** Injection tokens: the sealer of credentials, and the applications with providers. */
export const CALENDAR_SECRETS = Symbol('CALENDAR_SECRETS');
export const CALENDAR_APPS = Symbol('CALENDAR_APPS');
/** Injection token: the client whose connections are to calendars only. */
export const CALENDAR_CLIENT = Symbol('CALENDAR_CLIENT');

/** No request of a turn starts later than this after its begin; the lease of the calendar is longer. */
const TURN_MS = 90_000;
export const LEASE_MS = TURN_MS + 90_000;
/** Events of one turn; then other calendars have theirs. */
const EVENTS_PER_TURN = 20;
/** No event is begun later than this, since one takes up to four requests. */
const EVENTS_UNTIL_MS = 45_000;
/** An event that met an outage waits this long, so that others are tried before it. */
const EVENT_PAUSE_MS = 5_000;
const DAY_MS = 86_400_000;
/** Busy times are read as far ahead as this at least: appointments of a series lie beyond the horizon. */
const READ_DAYS = 400;

/** One turn of a connected calendar: bookings are written, then its busy times are read if that is due. */
@Injectable()
export class CalendarTurn {
  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'post-call-worker'>,
    @Inject(CALENDAR_SECRETS) private readonly secrets: Sealer,
    @Inject(CALENDAR_APPS) private readonly apps: CalendarApps,
    private readonly calendars: CalendarSyncRepository,
    @Inject(CALENDAR_CLIENT) private readonly client: OutboundClient,
    private readonly metrics: CalendarMetrics,
  ) {}

  /** @throws CalendarFault when the calendar as a whole does not work */
  async run(calendar: ClaimedCalendar): Promise<void> {
    const beganMs = Date.now();
    const provider = this.open(calendar, beganMs);
    // Deleted and moved events first: what they leave free is not read as busy.
    let outage: CalendarFault | null = null;
    for (const due of await this.calendars.dueEvents(calendar, EVENTS_PER_TURN)) {
      if (outage || Date.now() - beganMs > EVENTS_UNTIL_MS) break;
      outage = await this.write(calendar, provider, due);
    }
    // Busy times are read all the same: the outage may be that of one event.
    if (calendar.isReadDue) await this.read(calendar, provider, beganMs);
    if (outage) throw outage;
  }

  private open(calendar: ClaimedCalendar, beganMs: number): CalendarProvider {
    const { id, kind, address, timeZone: zone } = calendar;
    const place = calendarCredentialsPlace(id);
    let sealed = calendar.sealedCredentials;
    const { calendarTimeoutMs: timeoutMs } = this.config;
    return openCalendar(this.client, this.apps, {
      kind,
      address,
      zone,
      credentials: this.unseal(sealed, place),
      limits: { timeoutMs, deadlineMs: beganMs + TURN_MS },
      store: async (credentials) => {
        const again = this.secrets.seal(credentials, place);
        // Somebody authorized anew meanwhile: those credentials stay, and the next turn has them.
        if (await this.calendars.replaceCredentials(calendar, sealed, again)) sealed = again;
      },
    });
  }

  private unseal(sealed: string, place: string): unknown {
    try {
      return this.secrets.open(sealed, place);
    } catch {
      throw new CalendarFault('unavailable', 'credentials-unreadable');
    }
  }

  private async read(calendar: ClaimedCalendar, provider: CalendarProvider, nowMs: number): Promise<void> {
    const range = {
      fromMs: nowMs - DAY_MS,
      untilMs: nowMs + Math.max(calendar.horizonDays + 2, READ_DAYS) * DAY_MS,
    };
    const busy = await provider.busy(range);
    const written = busy.flatMap(({ bookingId }) => (bookingId === null ? [] : [bookingId]));
    const own = await this.calendars.ownBookings(calendar.tenantId, [...new Set(written)]);
    await this.calendars.storeBusy(calendar, joinBusy(busy, own), this.config.calendarReadEveryS * 1_000);
  }

  /** Returns the outage that an event met. @throws CalendarFault that no event of the calendar gets past */
  private async write(
    calendar: ClaimedCalendar,
    provider: CalendarProvider,
    due: DueCalendarEvent,
  ): Promise<CalendarFault | null> {
    const { kind, detail } = calendar;
    const { bookingId, attempts } = due;
    const written = { remoteId: due.remoteId, tag: due.remoteTag };
    try {
      if (due.isWanted) {
        const { remoteId, tag } = await provider.put(toCalendarEvent(due.booking, detail), written);
        await this.calendars.settle(calendar, due, { remoteId, remoteTag: tag });
      } else {
        await provider.remove(bookingId, written);
        await this.calendars.settle(calendar, due, { remoteId: null, remoteTag: null });
      }
      this.metrics.events.inc({ kind, outcome: due.isWanted ? 'written' : 'deleted' });
      return null;
    } catch (error) {
      if (!(error instanceof CalendarFault) || error.kind === 'needs-authorization') throw error;
      const { code } = error;
      this.metrics.events.inc({ kind, outcome: error.kind });
      const isRefused = error.kind === 'refused';
      const restMs = isRefused ? eventRestOf(attempts, Math.random()) : EVENT_PAUSE_MS;
      await this.calendars.failEvent(calendar, bookingId, code, restMs);
      return isRefused ? null : error;
    }
  }
}
