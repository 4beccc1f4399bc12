import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  BookingRepository,
  MAX_WAITING,
  WaitingListRepository,
  type Page,
  type Transaction,
  type WaitingEntry,
} from '@tandem/database';
import { Problem, type Principal } from '@tandem/platform';
import { localDate } from '../availability/slot-calendar.ts';
import { BookingTimes } from '../bookings/booking-times.ts';
import type { ChangeWaiting, CreateWaiting, ListWaiting } from './waiting-list.dto.ts';

/** People who wait for an appointment. */
@Injectable()
export class WaitingListService {
  constructor(
    private readonly waiting: WaitingListRepository,
    private readonly bookings: BookingRepository,
    private readonly times: BookingTimes,
  ) {}

  /** @throws Problem 422 `unknown-service`, `unknown-resource`, `in-the-past`, `waiting-list-full` */
  async create(
    transaction: Transaction,
    { tenantId, callId }: Principal,
    { service, resource: resourceId, from: fromDate, until: untilDate, ...asked }: CreateWaiting,
  ): Promise<WaitingEntry> {
    const now = new Date();
    const calendar = await this.times.calendar(transaction, tenantId, { key: service }, now, now);
    if (untilDate < localDate(calendar, now.getTime()))
      throw new Problem(422, 'in-the-past', 'The days are over', '`until` is today or a later day.');
    const serviceId = calendar.service.id;
    const entry = { ...asked, tenantId, serviceId, resourceId, fromDate, untilDate, callId };
    const created = await this.waiting.create(transaction, entry);
    if (created === 'unknown-resource') throw unknownResource();
    if (created !== 'full') return created;
    throw new Problem(
      422,
      'waiting-list-full',
      'Too many people wait',
      `${MAX_WAITING} people wait already. Take those off the list who no longer do.`,
    );
  }

  /** @throws Problem 404; 409 `not-waiting`; 422 `unknown-resource`, `invalid-dates` */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    { resource: resourceId, from: fromDate, until: untilDate, ...fields }: ChangeWaiting,
  ): Promise<WaitingEntry> {
    const before = found(await this.waiting.find(tenantId, id, transaction));
    if ((fromDate ?? before.fromDate) > (untilDate ?? before.untilDate))
      throw new Problem(
        422,
        'invalid-dates',
        'The days are in the wrong order',
        '`until` is not before `from`.',
      );
    const change = { ...fields, resourceId, fromDate, untilDate };
    const changed = await this.waiting.change(transaction, tenantId, id, change);
    if (changed === 'unknown-resource') throw unknownResource();
    if (changed === 'not-waiting')
      throw new Problem(
        409,
        'not-waiting',
        'The person no longer waits',
        'They have an offer, or are off the list. Put them on it anew.',
      );
    return found(changed === 'not-found' ? null : changed);
  }

  /** Takes a person off the list; an offer they have goes to the next. @throws Problem 404 */
  async cancel(transaction: Transaction, tenantId: TenantId, id: string): Promise<WaitingEntry> {
    const { status, bookingId } = found(await this.waiting.cancel(transaction, tenantId, id));
    if (status === 'offered' && bookingId !== null)
      await this.bookings.release(transaction, tenantId, bookingId);
    return found(await this.waiting.find(tenantId, id, transaction));
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<WaitingEntry> {
    return found(await this.waiting.find(tenantId, id));
  }

  list(
    tenantId: TenantId,
    { limit, cursor, service: serviceKey, ...filter }: ListWaiting,
  ): Promise<Page<WaitingEntry>> {
    return this.waiting.list(tenantId, { ...filter, serviceKey }, { limit, cursor });
  }
}

function found(entry: WaitingEntry | null): WaitingEntry {
  if (entry) return entry;
  throw new Problem(
    404,
    'waiting-entry-not-found',
    'No such entry',
    'The waiting list has no entry with this id. Ask for the list.',
  );
}

const unknownResource = () =>
  new Problem(422, 'unknown-resource', 'No such resource', '`resource` is the id of one of yours, or null.');
