import { Body, Get, Post, Query } from '@nestjs/common';
import type { ApiScope, Transaction } from '@tandem/database';
import { Endpoint, Idempotent, onceFor, TenantController } from '@tandem/platform';
import { SealedKeys } from '../api-keys/sealed-keys.ts';
import { SealedLinks } from '../users/sealed-links.ts';
import { toUserDto } from '../users/user.dto.ts';
import {
  createdTenantSchema,
  createTenantSchema,
  listTenantsSchema,
  tenantPageSchema,
  toTenantDto,
  toTenantPage,
  type CreateTenant,
  type ListTenants,
} from './tenant.dto.ts';
import { TenantsService } from './tenants.service.ts';

const PLATFORM: ApiScope = 'platform:admin';

/** The businesses of the installation, for those who run it. */
@TenantController('tenants', { read: PLATFORM, write: PLATFORM, isForKeysOnly: true })
export class TenantsController {
  constructor(
    private readonly tenants: TenantsService,
    private readonly sealed: SealedKeys,
    private readonly links: SealedLinks,
  ) {}

  @Get()
  @Endpoint({
    summary: 'All businesses of the installation, newest first',
    description: 'Needs `platform:admin`. What a business has is shown to its own keys only.',
    success: { schema: tenantPageSchema },
  })
  async list(@Query({ schema: listTenantsSchema }) query: ListTenants) {
    return toTenantPage(await this.tenants.list(query));
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Create a business with its first API key, and its first user',
    description:
      'Needs `platform:admin`. The answer is the only place that shows the key; the same Idempotency-Key ' +
      'shows it again for a week.',
    success: { status: 201, schema: createdTenantSchema },
    problems: { 409: '`email-taken`', 422: '`unknown-time-zone`' },
  })
  create(@Body({ schema: createTenantSchema }) body: CreateTenant) {
    const effect = async (transaction: Transaction) => {
      const { tenant, made, key, admin } = await this.tenants.create(transaction, body);
      return {
        tenant: toTenantDto(tenant),
        apiKey: this.sealed.seal(made, key),
        admin: admin && { user: toUserDto(admin.user), link: this.links.seal(admin.link) },
      };
    };
    return onceFor(body, effect, ({ tenant, apiKey, admin }) => ({
      tenant,
      apiKey: this.sealed.open(apiKey),
      // Answers of the release before have none.
      admin: admin ? { user: admin.user, link: this.links.open(admin.link) } : null,
    }));
  }
}
