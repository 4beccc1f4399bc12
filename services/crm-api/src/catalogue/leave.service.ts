import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  LeaveRepository,
  MAX_LEAVE,
  type BookingsOfResource,
  type Page,
  type Transaction,
} from '@tandem/database';
import { Problem, tenantNotFound } from '@tandem/platform';
import { instantsOf } from '../availability/local-day.ts';
import { toLeaveDto, type AddLeave, type LeaveDto, type ListLeave } from './leave.dto.ts';
import { found, resourceNotFound } from './resources.service.ts';

/** Times in which resources do not work, by the clock of the business. */
@Injectable()
export class LeaveService {
  constructor(private readonly leave: LeaveRepository) {}

  /** @throws Problem 404 */
  async list(tenantId: TenantId, resourceId: string, page: ListLeave): Promise<Page<LeaveDto>> {
    const { items, nextCursor } = found(await this.leave.list(tenantId, resourceId, page));
    const timeZone = await this.timeZone(tenantId);
    return { items: items.map((leave) => toLeaveDto(leave, timeZone)), nextCursor };
  }

  /** @throws Problem 404, 422 `no-such-time`, `too-much-leave` */
  async add(
    transaction: Transaction,
    tenantId: TenantId,
    resourceId: string,
    asked: AddLeave,
    now: Date,
  ): Promise<{ leave: LeaveDto; left: BookingsOfResource }> {
    const timeZone = await this.timeZone(tenantId, transaction);
    const { startMs, endMs } = instantsOf(asked, timeZone);
    if (startMs >= endMs) throw noSuchTime();
    const times = { startsAt: new Date(startMs), endsAt: new Date(endMs) };
    const fields = { resourceId, reason: asked.reason, ...times };
    const added = await this.leave.add(transaction, tenantId, fields, now);
    if (added === 'not-found') throw resourceNotFound();
    if (added === 'full') throw tooMuchLeave();
    return { leave: toLeaveDto(added.leave, timeZone), left: added };
  }

  /** @throws Problem 404 */
  async delete(transaction: Transaction, tenantId: TenantId, resourceId: string, id: string): Promise<void> {
    if (await this.leave.delete(transaction, tenantId, resourceId, id)) return;
    throw new Problem(
      404,
      'leave-not-found',
      'No such leave',
      'The resource has no leave with this id. Ask for the list.',
    );
  }

  private async timeZone(tenantId: TenantId, transaction?: Transaction): Promise<string> {
    const timeZone = await this.leave.timeZone(tenantId, transaction);
    if (timeZone === null) throw tenantNotFound();
    return timeZone;
  }
}

const noSuchTime = () =>
  new Problem(
    422,
    'no-such-time',
    'No clock shows this time',
    'The clocks of the business go forward then and skip the whole of it. Choose a time they show.',
  );

const tooMuchLeave = () =>
  new Problem(
    422,
    'too-much-leave',
    'Too much leave',
    `A resource may have ${MAX_LEAVE} times of leave that are not over. Delete one that is not needed.`,
  );
