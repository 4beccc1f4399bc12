import { randomUUID } from 'node:crypto';
import type { TenantId } from '@tandem/contracts';
import { MoreThan, type DataSource } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { ResourceLeaveRow, ResourceRow } from '../../entities/business.entities.ts';
import { TenantRow } from '../../entities/tenant.entities.ts';
import { findOfResource } from '../../queries/bookings.ts';
import { startOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { without } from '../../rows/without.ts';
import { lockResource } from './free-resource.ts';
import type { BookingsOfResource } from './resource.repository.ts';

/** The most leave of one resource that is not over. */
export const MAX_LEAVE = 200;
/** Bookings that are named where leave is added. */
const MAX_BOOKINGS = 100;

export type ResourceLeave = Readonly<Omit<ResourceLeaveRow, 'tenantId'>>;

/** Times in which the resources of a tenant do not work. */
export class LeaveRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Returns the time zone of the tenant; null when there is no such tenant. */
  async timeZone(tenantId: TenantId, transaction?: Transaction): Promise<string | null> {
    const read = (manager: Transaction) => manager.findOneBy(TenantRow, { id: tenantId });
    const tenant = await (transaction ? read(transaction) : run(this.dataSource, tenantId, read));
    return tenant?.timeZone ?? null;
  }

  /** Soonest first; null when there is no such resource. @throws CursorMalformed */
  async list(tenantId: TenantId, resourceId: string, page: PageRequest): Promise<Page<ResourceLeave> | null> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, async (manager) => {
      if (!(await isInUse(manager, tenantId, resourceId))) return null;
      const leave = manager
        .createQueryBuilder(ResourceLeaveRow, 'leave')
        .where('leave.tenantId = :tenantId AND leave.resourceId = :resourceId', { tenantId, resourceId });
      if (start) leave.andWhere('(leave.startsAt, leave.id) > (:at, :id)', { at: start.at, id: start.id });
      return leave
        .orderBy('leave.startsAt')
        .addOrderBy('leave.id')
        .take(page.limit + 1)
        .getMany();
    });
    return found && toPage(found, page.limit, ({ startsAt, id }) => ({ at: startsAt, id }), toLeave);
  }

  /**
   * Adds leave, and returns the bookings that lie in it: none is made there any more once this transaction
   * has ended. `full`: the resource has {@link MAX_LEAVE} that is not over.
   */
  async add(
    transaction: Transaction,
    tenantId: TenantId,
    leave: Pick<ResourceLeave, 'resourceId' | 'startsAt' | 'endsAt' | 'reason'>,
    now: Date,
  ): Promise<(BookingsOfResource & { readonly leave: ResourceLeave }) | 'not-found' | 'full'> {
    const { resourceId, startsAt, endsAt } = leave;
    await lockResource(transaction, resourceId);
    if (!(await isInUse(transaction, tenantId, resourceId))) return 'not-found';
    const running = { tenantId, resourceId, endsAt: MoreThan(now) };
    if ((await transaction.countBy(ResourceLeaveRow, running)) >= MAX_LEAVE) return 'full';
    const id = randomUUID();
    await transaction.insert(ResourceLeaveRow, { id, tenantId, ...storable(leave) });
    const row = await transaction.findOneByOrFail(ResourceLeaveRow, { tenantId, id });
    const span = { from: startsAt, until: endsAt };
    const found = await findOfResource(transaction, tenantId, resourceId, span, MAX_BOOKINGS);
    return { ...found, leave: toLeave(row) };
  }

  /** @returns whether there was such leave */
  async delete(
    transaction: Transaction,
    tenantId: TenantId,
    resourceId: string,
    id: string,
  ): Promise<boolean> {
    const { affected } = await transaction.delete(ResourceLeaveRow, { tenantId, resourceId, id });
    return affected === 1;
  }
}

function isInUse(manager: Transaction, tenantId: TenantId, id: string): Promise<boolean> {
  return manager.existsBy(ResourceRow, { tenantId, id, isActive: true });
}

const toLeave = (row: ResourceLeaveRow): ResourceLeave => without(row, 'tenantId');
