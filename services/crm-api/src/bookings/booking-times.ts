import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import type { Booking, CalendarStretch, ServiceName, Transaction, WantedTime } from '@tandem/database';
import { Problem } from '@tandem/platform';
import { AvailabilityService, isOutOfReach } from '../availability/availability.service.ts';
import {
  checkSlot,
  freeResources,
  lastBookableDate,
  type ServiceCalendar,
  type SlotCheck,
} from '../availability/slot-calendar.ts';
import { appointmentAt } from '../availability/working-day.ts';
import { BookingMetrics } from './booking-metrics.ts';

/** Why a time cannot be booked. */
export type TimeRefusal = Exclude<SlotCheck, 'bookable'> | 'slot-taken' | 'zone-not-served';

/** A service, and the zone it is wanted in. */
export type WantedService = ServiceName & Pick<CalendarStretch, 'zone'>;

/** Returns the zone of a request as part of a {@link WantedService}. */
export const zoneAsked = ({ zone }: { readonly zone?: string | undefined }): Pick<CalendarStretch, 'zone'> =>
  zone === undefined ? {} : { zone: { key: zone } };

/** Returns what a booking is for; a move keeps to it. */
export const serviceOf = ({ serviceId, zoneId }: Pick<Booking, 'serviceId' | 'zoneId'>): WantedService =>
  zoneId === null ? { id: serviceId } : { id: serviceId, zone: { id: zoneId } };

/** Days ahead that no appointment is beyond. */
const NO_HORIZON = 36_500;

/** Checks times that are wanted, and finds the resources that are free then. */
@Injectable()
export class BookingTimes {
  constructor(
    private readonly availability: AvailabilityService,
    private readonly metrics: BookingMetrics,
  ) {}

  /** Returns the calendar around a wanted time. @throws Problem 422 `unknown-service`, `unknown-zone` */
  calendar(
    transaction: Transaction,
    tenantId: TenantId,
    { zone, ...service }: WantedService,
    startsAt: Date,
    now: Date,
  ): Promise<ServiceCalendar> {
    return this.availability.calendar(
      tenantId,
      service,
      { wanted: startsAt, now, zone },
      { unknownServiceStatus: 422, transaction },
    );
  }

  /** Returns the appointment and the resources that are free, or why there is none. */
  find(calendar: ServiceCalendar, startsAt: Date, now: Date): WantedTime | TimeRefusal {
    if (isOutOfReach(calendar)) return 'zone-not-served';
    const check = checkSlot(calendar, startsAt.getTime(), now.getTime());
    if (check !== 'bookable') return check;
    const candidates = freeResources(calendar, startsAt.getTime(), now.getTime());
    if (candidates.length === 0) return 'slot-taken';
    const { endMs, occupiedFromMs, occupiedUntilMs } = appointmentAt(calendar.service, startsAt.getTime());
    return {
      resourceIds: candidates.map((resource) => resource.id),
      startsAt,
      endsAt: new Date(endMs),
      occupiedFrom: new Date(occupiedFromMs),
      occupiedUntil: new Date(occupiedUntilMs),
    };
  }

  /** Returns the appointment and the resources that are free. @throws Problem when there is none */
  check(calendar: ServiceCalendar, startsAt: Date, now: Date): WantedTime {
    const found = this.find(calendar, startsAt, now);
    if (typeof found === 'string') throw this.refusal(found, calendar, startsAt, now);
    return found;
  }

  /** Returns the refusal of a time, with times to take in its place. */
  refusal(reason: TimeRefusal, calendar: ServiceCalendar, wanted: Date, now: Date): Problem {
    this.metrics.bookings.inc({ outcome: reason });
    const alternatives = this.availability.alternatives(calendar, wanted, now);
    const detail =
      reason === 'too-far-ahead'
        ? `Appointments are given up to ${lastBookableDate(calendar, now.getTime())}. Ask for an earlier day.`
        : DETAILS[reason];
    return new Problem(reason === 'slot-taken' ? 409 : 422, reason, TITLES[reason], detail, { alternatives });
  }
}

/** Returns the calendar as if every day ahead could be booked. */
export const withoutHorizon = (calendar: ServiceCalendar): ServiceCalendar => ({
  ...calendar,
  horizonDays: NO_HORIZON,
});

const TITLES = {
  'slot-taken': 'The time is taken',
  'in-the-past': 'The time is over',
  'too-soon': 'The time is too soon',
  'too-far-ahead': 'The time is too far ahead',
  'outside-hours': 'Nobody works then',
  'zone-not-served': 'Nobody goes there',
} as const;

const DETAILS = {
  'slot-taken':
    'Everyone who does this is booked then, or too shortly before or after it. Take one of the ' +
    'alternatives or ask for availability.',
  'in-the-past': 'Appointments start in the future. Take one of the alternatives or ask for availability.',
  'too-soon':
    'Appointments of this service are booked longer before they start. Take one of the alternatives or ' +
    'ask for availability.',
  'outside-hours':
    'Nobody who does this works for the whole of that time. Take one of the alternatives or ask for ' +
    'availability.',
  'zone-not-served':
    'Nobody who does this goes to this zone. Offer another service, or list a resource for it.',
} as const;
