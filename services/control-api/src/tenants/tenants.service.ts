import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  ApiKeyRepository,
  generateApiKey,
  TENANT_SCOPES,
  TenantRepository,
  type ApiKey,
  type Page,
  type SignInLink,
  type Tenant,
  type Transaction,
  type User,
} from '@tandem/database';
import { Precondition, Problem, tenantNotFound } from '@tandem/platform';
import { UsersService } from '../users/users.service.ts';
import { toTenantDto, type ChangeTenant, type CreateTenant, type ListTenants } from './tenant.dto.ts';

const FIRST_KEY = 'first key';

/** The businesses of the installation: one for its own keys, all of them for those of the platform. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly tenants: TenantRepository,
    private readonly keys: ApiKeyRepository,
    private readonly users: UsersService,
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

  /**
   * Creates a tenant with its first key, and its first user.
   * @throws Problem 409 `email-taken`, 422 `unknown-time-zone`
   */
  async create(
    transaction: Transaction,
    { admin, ...fields }: CreateTenant,
  ): Promise<{
    tenant: Tenant;
    made: ApiKey;
    key: string;
    admin: { user: User; link: SignInLink } | null;
  }> {
    const tenant = await this.tenants.create(transaction, fields);
    if (tenant === 'unknown-time-zone') throw unknownTimeZone();
    const key = generateApiKey();
    const grant = { name: FIRST_KEY, scopes: TENANT_SCOPES, expiresAt: null };
    const made = await this.keys.create(transaction, tenant.id, key, grant);
    if (made === 'too-many-keys') throw new TypeError('a tenant without keys has too many of them');
    const invited = admin
      ? await this.users.inviteTo(transaction, tenant.id, { ...admin, role: 'admin' })
      : null;
    return { tenant, made, key, admin: invited };
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
