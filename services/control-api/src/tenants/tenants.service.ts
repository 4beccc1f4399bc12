import { Injectable } from '@nestjs/common';
import type { NewTenant, TenantId } from '@tandem/contracts';
import {
  ApiKeyRepository,
  generateApiKey,
  TENANT_SCOPES,
  TenantRepository,
  type ApiKey,
  type Page,
  type Tenant,
  type Transaction,
} from '@tandem/database';
import { Precondition, Problem, tenantNotFound } from '@tandem/platform';
import { toTenantDto, type ChangeTenant, type ListTenants } from './tenant.dto.ts';

const FIRST_KEY = 'first key';

/** The businesses of the installation: one for its own keys, all of them for those of the platform. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly tenants: TenantRepository,
    private readonly keys: ApiKeyRepository,
  ) {}

  list(page: ListTenants): Promise<Page<Tenant>> {
    return this.tenants.list(page);
  }

  /** @throws Problem 403 when the tenant was deleted */
  async get(tenantId: TenantId): Promise<Tenant> {
    const tenant = await this.tenants.find(tenantId);
    if (!tenant) throw tenantNotFound();
    return tenant;
  }

  /** Creates a tenant with its first key. @throws Problem 422 `unknown-time-zone` */
  async create(
    transaction: Transaction,
    fields: NewTenant,
  ): Promise<{ tenant: Tenant; made: ApiKey; key: string }> {
    const created = await this.tenants.create(transaction, fields, async (tenant) => {
      const key = generateApiKey();
      const grant = { name: FIRST_KEY, scopes: TENANT_SCOPES, expiresAt: null };
      const made = await this.keys.create(transaction, tenant.id, key, grant);
      if (made === 'too-many-keys') throw new TypeError('a tenant without keys has too many of them');
      return { tenant, made, key };
    });
    if (created === 'unknown-time-zone') throw unknownTimeZone();
    return created;
  }

  /** @throws Problem 412 `changed-meanwhile`, 422 `unknown-time-zone`, 403 when the tenant was deleted */
  async change(
    tenantId: TenantId,
    { name: companyName, ...fields }: ChangeTenant,
    precondition: Precondition,
  ): Promise<Tenant> {
    const isCurrent = (before: Tenant) => precondition.isMet(toTenantDto(before));
    const outcome = await this.tenants.change(tenantId, { ...fields, companyName }, isCurrent);
    if (outcome === 'changed-meanwhile') throw Precondition.failed();
    if (outcome === 'unknown-time-zone') throw unknownTimeZone();
    if (outcome === 'not-found') throw tenantNotFound();
    return outcome;
  }
}

const unknownTimeZone = () =>
  new Problem(
    422,
    'unknown-time-zone',
    'No such time zone',
    'The database has no rules for this time zone. Take the usual name of the zone, such as ' +
      'America/New_York, or update the time zone rules of PostgreSQL.',
  );
