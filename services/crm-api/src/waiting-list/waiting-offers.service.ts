import { Inject, Injectable, Logger } from '@nestjs/common';
import { appointmentText, shortMessage } from '@tandem/contracts';
import {
  BookingRepository,
  MessageRepository,
  WaitingListRepository,
  type Booking,
  type FreedTime,
  type OfferTerms,
  type Transaction,
  type WaitingEntry,
  type WantedTime,
} from '@tandem/database';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { laterDate } from '../availability/local-day.ts';
import {
  checkSlot,
  isMorning,
  localDate,
  slotsOfDay,
  type PartOfDay,
  type ServiceCalendar,
} from '../availability/slot-calendar.ts';
import { BookingTimes } from '../bookings/booking-times.ts';
import { WaitingListMetrics } from './waiting-list-metrics.ts';

/** Entries looked at together. */
const BATCH = 50;
const MINUTE_S = 60;
/** No entry is begun later than this: the transaction keeps the resource from others. */
const WORK_MS = 2_000;
/** The pause after the first offer of a time that failed; each one after that takes twice as long. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** Offers of a time that may fail, over two and a half hours. */
const MAX_ATTEMPTS = 12;

/** Calendars of services around a freed time, until it has been given to somebody. */
type Calendars = Map<string, ServiceCalendar>;

/** Offers times that became free to those who wait. */
@Injectable()
export class WaitingOffers {
  private readonly logger = new Logger(WaitingOffers.name);

  constructor(
    private readonly waiting: WaitingListRepository,
    private readonly bookings: BookingRepository,
    private readonly messages: MessageRepository,
    private readonly times: BookingTimes,
    private readonly metrics: WaitingListMetrics,
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'crm-api'>, 'twilioAccountSid'>,
  ) {}

  /**
   * Offers one time that became free to everybody it has room for, the longest waiting first. One whose offer
   * fails makes way for the others and is tried again later, a bounded number of times. False when there is
   * none.
   */
  async offerNext(now: Date): Promise<boolean> {
    const taken: FreedTime[] = [];
    try {
      await this.waiting.transact(async (transaction) => {
        const freed = await this.waiting.takeFreedTime(transaction, now);
        if (freed) taken.push(freed);
        if (freed) await this.offer(transaction, freed, now);
      });
    } catch (error) {
      const [freed] = taken;
      if (!freed) throw error;
      await this.postpone(freed, error);
    }
    return taken.length > 0;
  }

  private async postpone(freed: FreedTime, error: unknown): Promise<void> {
    const attempts = freed.attempts + 1;
    const isGivenUp = attempts >= MAX_ATTEMPTS;
    const pauseMs = isGivenUp ? null : Math.min(FIRST_PAUSE_MS * 2 ** freed.attempts, LONGEST_PAUSE_MS);
    if (!(await this.waiting.postponeFreedTime(freed, pauseMs))) return;
    this.metrics.failedOffers.inc({ outcome: isGivenUp ? 'given-up' : 'postponed' });
    const facts = { err: error, freedTimeId: freed.id, tenantId: freed.tenantId, attempts };
    if (isGivenUp) this.logger.error(facts, 'freed time given up: its offers fail');
    else this.logger.warn({ ...facts, pauseMs }, 'offer of a freed time failed; trying again');
  }

  private async offer(transaction: Transaction, freed: FreedTime, now: Date): Promise<void> {
    await this.waiting.dropFreedTime(transaction, freed);
    if (freed.endsAt <= now) return;
    const until = Date.now() + WORK_MS;
    const calendars: Calendars = new Map();
    let after: WaitingEntry | null = null;
    for (;;) {
      const entries: WaitingEntry[] = await this.waiting.candidates(transaction, freed, after, BATCH);
      for (const entry of entries) {
        if (Date.now() > until) return;
        if (await this.tryEntry(transaction, freed, entry, calendars, now)) calendars.clear();
      }
      after = entries.at(-1) ?? null;
      if (entries.length < BATCH) return;
    }
  }

  /** Returns whether the time was held for a person. */
  private async tryEntry(
    transaction: Transaction,
    freed: FreedTime,
    entry: WaitingEntry,
    calendars: Calendars,
    now: Date,
  ): Promise<boolean> {
    const { tenantId } = freed;
    const time = await this.fittingTime(transaction, freed, entry, calendars, now);
    const terms = time && (await this.waiting.terms(transaction, tenantId, entry.contact.id));
    if (!time || !terms) return false;
    const hold = await this.bookings.book(transaction, {
      tenantId,
      serviceId: entry.serviceId,
      zoneId: entry.zoneId,
      ...time,
      contactPhone: entry.contact.phone,
      name: entry.name,
      notes: entry.notes,
      callId: null,
      toolCallId: null,
      holdSeconds: terms.offerMinutes * MINUTE_S,
    });
    if (!hold) return false;
    const offered = await this.waiting.offer(transaction, tenantId, entry.id, hold);
    if (!offered) await this.bookings.release(transaction, tenantId, hold.id);
    else if (!terms.isDenied) await this.tell(transaction, freed, entry, hold, terms);
    return true;
  }

  /** Returns the first appointment that lies in part in the freed time and suits a person. */
  private async fittingTime(
    transaction: Transaction,
    { tenantId, resourceId, startsAt, endsAt }: FreedTime,
    entry: WaitingEntry,
    calendars: Calendars,
    now: Date,
  ): Promise<WantedTime | null> {
    const { serviceId: id } = entry;
    const all =
      calendars.get(id) ?? (await this.times.calendar(transaction, tenantId, { id }, startsAt, now));
    calendars.set(id, all);
    const resources = all.resources.filter(({ id }) => id === resourceId);
    const calendar = { ...all, resources };
    const starts = [startsAt.getTime(), ...slotStarts(calendar, startsAt, endsAt, entry.partOfDay, now)];
    for (const start of starts) {
      if (!suits(calendar, entry, start, now)) continue;
      const time = this.times.find(calendar, new Date(start), now);
      if (typeof time !== 'string') return time;
    }
    return null;
  }

  private async tell(
    transaction: Transaction,
    { tenantId }: FreedTime,
    { contact, service }: WaitingEntry,
    { reference, startsAt, timeZone, holdExpiresAt }: Booking,
    { companyName, language, texts, smsNumber }: OfferTerms,
  ): Promise<void> {
    if (this.config.twilioAccountSid === undefined || smsNumber === null) return;
    const text = appointmentText(
      'offer',
      {
        company: companyName,
        service: service.name,
        reference,
        startsAt,
        timeZone,
        number: smsNumber,
        language,
        ...(holdExpiresAt ? { until: holdExpiresAt } : {}),
      },
      texts,
    );
    await this.messages.create(transaction, {
      tenantId,
      channel: 'sms',
      ownAddress: smsNumber,
      party: contact.phone,
      body: shortMessage(text),
      callId: null,
      toolCallId: null,
    });
  }
}

/** Returns the starts of free appointments of a resource that lie in part in a time, soonest first. */
function slotStarts(
  calendar: ServiceCalendar,
  startsAt: Date,
  endsAt: Date,
  part: PartOfDay,
  now: Date,
): number[] {
  const last = localDate(calendar, endsAt.getTime());
  const starts: number[] = [];
  for (
    let date = laterDate(localDate(calendar, startsAt.getTime()), -1);
    date <= last;
    date = laterDate(date, 1)
  )
    for (const slot of slotsOfDay(calendar, date, now.getTime(), part))
      if (slot.startMs < endsAt.getTime() && slot.endMs > startsAt.getTime()) starts.push(slot.startMs);
  return starts;
}

/** Returns whether a start lies within the days and the part of the day a person waits for. */
function suits(calendar: ServiceCalendar, entry: WaitingEntry, startMs: number, now: Date): boolean {
  const date = localDate(calendar, startMs);
  if (date < entry.fromDate || date > entry.untilDate) return false;
  if (checkSlot(calendar, startMs, now.getTime()) !== 'bookable') return false;
  return entry.partOfDay === 'any' || isMorning(calendar, startMs) === (entry.partOfDay === 'morning');
}
