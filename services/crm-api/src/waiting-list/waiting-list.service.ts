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
import { localDate, type ServiceCalendar } from '../availability/slot-calendar.ts';
import { BookingTimes, serviceOf, zoneAsked } from '../bookings/booking-times.ts';
import type { ChangeWaiting, CreateWaiting, ListWaiting } from './waiting-list.dto.ts';

/** People who wait for an appointment. */
@Injectable()
export class WaitingListService {
  constructor(
    private readonly waiting: WaitingListRepository,
    private readonly bookings: BookingRepository,
    private readonly times: BookingTimes,
  ) {}

  /**
   * Puts a person on the list. An entry that the same call asked for before, under any key, is returned as it
   * is.
   * @throws Problem 422 `unknown-service`, `unknown-resource`, `unknown-zone`, `zone-not-served`,
   * `in-the-past`, `waiting-list-full`
   */
  async create(
    transaction: Transaction,
    { tenantId, callId }: Principal,
    { service, resource: resourceId, zone, from: fromDate, until: untilDate, ...asked }: CreateWaiting,
  ): Promise<{ entry: WaitingEntry; isNew: boolean }> {
    const now = new Date();
    const wanted = { key: service, ...zoneAsked({ zone: zone ?? undefined }) };
    const calendar = await this.times.calendar(transaction, tenantId, wanted, now, now);
    const zoneId = servedZone(calendar, resourceId);
    if (untilDate < localDate(calendar, now.getTime()))
      throw new Problem(422, 'in-the-past', 'The days are over', '`until` is today or a later day.');
    const serviceId = calendar.service.id;
    const entry = { ...asked, tenantId, serviceId, resourceId, zoneId, fromDate, untilDate, callId };
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

  /**
   * @throws Problem 404; 409 `not-waiting`; 422 `unknown-resource`, `unknown-zone`, `zone-not-served`,
   * `invalid-dates`
   */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    { resource: resourceId, zone, from: fromDate, until: untilDate, ...fields }: ChangeWaiting,
  ): Promise<WaitingEntry> {
    const before = found(await this.waiting.find(tenantId, id, transaction));
    if ((fromDate ?? before.fromDate) > (untilDate ?? before.untilDate))
      throw new Problem(
        422,
        'invalid-dates',
        'The days are in the wrong order',
        '`until` is not before `from`.',
      );
    const zoneId = await this.changedZone(transaction, tenantId, before, { resource: resourceId, zone });
    const change = { ...fields, resourceId, zoneId, fromDate, untilDate };
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

  /** Returns the zone of an entry with these changes, undefined where it stays. @throws Problem 422 */
  private async changedZone(
    transaction: Transaction,
    tenantId: TenantId,
    before: WaitingEntry,
    { resource, zone }: Pick<ChangeWaiting, 'resource' | 'zone'>,
  ): Promise<string | null | undefined> {
    if (zone === null || (zone === undefined && (before.zoneId === null || !resource))) return zone;
    const now = new Date();
    const named = zone === undefined ? serviceOf(before) : { id: before.serviceId, zone: { key: zone } };
    const calendar = await this.times.calendar(transaction, tenantId, named, now, now);
    const zoneId = servedZone(calendar, resource === undefined ? (before.resource?.id ?? null) : resource);
    return zone === undefined ? undefined : zoneId;
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

/**
 * Returns the zone of a calendar, null for none.
 * @param resourceId the only resource that will do; null for any
 * @throws Problem 422 `zone-not-served` when nobody who would do goes there
 */
function servedZone({ zoneId, resources }: ServiceCalendar, resourceId: string | null): string | null {
  if (!zoneId) return null;
  if (resources.some(({ id }) => resourceId === null || id === resourceId)) return zoneId;
  throw new Problem(
    422,
    'zone-not-served',
    'Nobody goes there',
    'No time could be offered: nobody who would do goes to this zone. Leave the resource out, or list one ' +
      'for the zone.',
  );
}

const unknownResource = () =>
  new Problem(422, 'unknown-resource', 'No such resource', '`resource` is the id of one of yours, or null.');
