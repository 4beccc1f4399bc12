import { Body, Get, Post, Query } from '@nestjs/common';
import type { NewTenant } from '@tandem/contracts';
import type { ApiScope, Transaction } from '@tandem/database';
import { Endpoint, Idempotent, onceFor, TenantController } from '@tandem/platform';
import { SealedKeys } from '../api-keys/sealed-keys.ts';
import {
  createdTenantSchema,
  createTenantSchema,
  listTenantsSchema,
  tenantPageSchema,
  toTenantDto,
  toTenantPage,
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
    summary: 'Create a business with its first API key',
    description:
      'Needs `platform:admin`. The answer is the only place that shows the key; the same Idempotency-Key ' +
      'shows it again for a week.',
    success: { status: 201, schema: createdTenantSchema },
    problems: { 422: '`unknown-time-zone`' },
  })
  create(@Body({ schema: createTenantSchema }) body: NewTenant) {
    const effect = async (transaction: Transaction) => {
      const { tenant, made, key } = await this.tenants.create(transaction, body);
      return { tenant: toTenantDto(tenant), apiKey: this.sealed.seal(made, key) };
    };
    return onceFor(body, effect, ({ tenant, apiKey }) => ({ tenant, apiKey: this.sealed.open(apiKey) }));
  }
}
