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

/** No request of a turn starts later than this after its begin; the lease of the calendar is longer. */
const TURN_MS = 90_000;
export const LEASE_MS = TURN_MS + 90_000;
/** Events of one turn; then other calendars have theirs. */
const EVENTS_PER_TURN = 20;
/** No event is begun later than this, since one takes up to four requests. */
const EVENTS_UNTIL_MS = 45_000;
const DAY_MS = 86_400_000;

/** One turn of a connected calendar: its busy times are read if that is due, then bookings are written. */
@Injectable()
export class CalendarTurn {
  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'post-call-worker'>,
    @Inject(CALENDAR_SECRETS) private readonly secrets: Sealer,
    @Inject(CALENDAR_APPS) private readonly apps: CalendarApps,
    private readonly calendars: CalendarSyncRepository,
    private readonly client: OutboundClient,
    private readonly metrics: CalendarMetrics,
  ) {}

  /** @throws CalendarFault when the calendar as a whole does not work */
  async run(calendar: ClaimedCalendar): Promise<void> {
    const beganMs = Date.now();
    const provider = this.open(calendar, beganMs);
    // Deleted and moved events first: what they leave free is not read as busy.
    for (const due of await this.calendars.dueEvents(calendar.id, EVENTS_PER_TURN)) {
      if (Date.now() - beganMs > EVENTS_UNTIL_MS) break;
      await this.write(calendar, provider, due);
    }
    if (calendar.isReadDue) await this.read(calendar, provider, beganMs);
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
        if (await this.calendars.replaceCredentials(id, sealed, again)) sealed = again;
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
    const range = { fromMs: nowMs - DAY_MS, untilMs: nowMs + (calendar.horizonDays + 2) * DAY_MS };
    const busy = await provider.busy(range);
    const written = busy.flatMap(({ bookingId }) => (bookingId === null ? [] : [bookingId]));
    const own = await this.calendars.ownBookings(calendar.tenantId, [...new Set(written)]);
    await this.calendars.storeBusy(calendar, joinBusy(busy, own), this.config.calendarReadEveryS * 1_000);
  }

  private async write(
    { id, kind, detail }: ClaimedCalendar,
    provider: CalendarProvider,
    due: DueCalendarEvent,
  ): Promise<void> {
    const { bookingId, attempts } = due;
    const written = { remoteId: due.remoteId, tag: due.remoteTag };
    try {
      if (due.isWanted) {
        const { remoteId, tag } = await provider.put(toCalendarEvent(due.booking, detail), written);
        await this.calendars.settle(id, due, { remoteId, remoteTag: tag });
      } else {
        await provider.remove(bookingId, written);
        await this.calendars.settle(id, due, { remoteId: null, remoteTag: null });
      }
      this.metrics.events.inc({ kind, outcome: due.isWanted ? 'written' : 'deleted' });
    } catch (error) {
      if (!(error instanceof CalendarFault) || error.kind !== 'refused') throw error;
      this.metrics.events.inc({ kind, outcome: 'refused' });
      await this.calendars.failEvent(id, bookingId, error.code, eventRestOf(attempts, Math.random()));
    }
  }
}
