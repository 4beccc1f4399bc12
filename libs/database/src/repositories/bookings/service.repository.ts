import { randomUUID } from 'node:crypto';
import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run, type Transaction } from '../../connection/unit-of-work.ts';
import { ServiceRow, type Service } from '../../entities/business.entities.ts';
import { lockName } from '../../queries/locks.ts';
import { startOf, toPageByName, type Page, type PageRequest } from '../../rows/page.ts';
import { given } from '../../rows/given.ts';
import { without } from '../../rows/without.ts';

/** The most services a tenant offers at once. */
export const MAX_SERVICES = 200;

type ServiceFields = Omit<Service, 'id'>;

/** Fields to change: absent fields stay. */
type ServiceChange = { readonly [Field in keyof ServiceFields]?: ServiceFields[Field] | undefined };

/** The services a tenant offers. One that is no longer offered stays for its bookings alone. */
export class ServiceRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By key. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<Service>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) => {
      const services = manager
        .createQueryBuilder(ServiceRow, 'service')
        .where('service.tenantId = :tenantId AND service.isActive', { tenantId });
      if (start)
        services.andWhere(
          'service.key > (SELECT key FROM services WHERE tenant_id = :tenantId AND id = :after)',
          { after: start.id },
        );
      return services
        .orderBy('service.key')
        .take(page.limit + 1)
        .getMany();
    });
    return toPageByName(found, page.limit, toService);
  }

  /** Returns all services on offer, by key. */
  async all(transaction: Transaction, tenantId: TenantId): Promise<Service[]> {
    const found = await transaction.find(ServiceRow, {
      where: { tenantId, isActive: true },
      order: { key: 'ASC' },
      take: MAX_SERVICES,
    });
    return found.map(toService);
  }

  async find(tenantId: TenantId, id: string, transaction?: Transaction): Promise<Service | null> {
    const read = (manager: Transaction) => manager.findOneBy(ServiceRow, { tenantId, id, isActive: true });
    const row = await (transaction ? read(transaction) : run(this.dataSource, tenantId, read));
    return row && toService(row);
  }

  /** `exists`: the tenant offers another service with this key. `full`: it has {@link MAX_SERVICES}. */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    fields: ServiceFields,
  ): Promise<Service | 'exists' | 'full'> {
    const others = await this.othersOf(transaction, tenantId);
    if (others.some(({ key }) => key === fields.key)) return 'exists';
    if (others.length >= MAX_SERVICES) return 'full';
    const id = randomUUID();
    await transaction.insert(ServiceRow, { ...written(fields), id, tenantId });
    return toService(await transaction.findOneByOrFail(ServiceRow, { tenantId, id }));
  }

  /** Changes the given fields. `exists`: the tenant offers another service with this key. */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: ServiceChange,
  ): Promise<Service | 'not-found' | 'exists'> {
    if (fields.key !== undefined) {
      const others = await this.othersOf(transaction, tenantId);
      if (others.some((other) => other.key === fields.key && other.id !== id)) return 'exists';
    }
    await transaction.update(ServiceRow, { tenantId, id, isActive: true }, written(fields));
    return (await this.find(tenantId, id, transaction)) ?? 'not-found';
  }

  /** Takes a service off the offer; a second time changes nothing. @returns whether there is one */
  async deactivate(transaction: Transaction, tenantId: TenantId, id: string): Promise<boolean> {
    const { affected } = await transaction.update(ServiceRow, { tenantId, id }, { isActive: false });
    return affected === 1;
  }

  /** Returns the services on offer. No other transaction adds one or changes a key until this one ends. */
  private async othersOf(transaction: Transaction, tenantId: TenantId): Promise<Service[]> {
    await lockName(transaction, `services:${tenantId}`);
    return this.all(transaction, tenantId);
  }
}

/** Returns the given fields of a change as they are stored. */
const written = ({ skills, ...fields }: ServiceChange) => given({ ...fields, skills: skills && [...skills] });

const toService = (row: ServiceRow): Service => without(row, 'tenantId', 'isActive');
