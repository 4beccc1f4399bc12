import { Body, Delete, Get, Param, Post, Query } from '@nestjs/common';
import type { ApiScope, Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  NeedsReauthentication,
  onceFor,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import {
  apiKeyPageSchema,
  createKeySchema,
  listKeysSchema,
  newKeySchema,
  toKeyPage,
  type CreateKey,
  type ListKeys,
} from './api-key.dto.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { SealedKeys, type SealedKey } from './sealed-keys.ts';

const SCOPES = { read: 'admin:read', write: 'keys:write' } as const satisfies Record<string, ApiScope>;

/** The API keys of a tenant: for its staff, and for systems that act for it. */
@TenantController('api-keys', { ...SCOPES, isForKeysOnly: true })
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly sealed: SealedKeys,
  ) {}

  @Get()
  @Endpoint({
    summary: 'API keys, newest first',
    description: 'Also those that are revoked or expired. The keys themselves are never shown again.',
    success: { schema: apiKeyPageSchema },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listKeysSchema }) query: ListKeys,
  ) {
    return toKeyPage(await this.keys.list(tenantId, query));
  }

  @Post()
  @NeedsReauthentication()
  @Idempotent()
  @Endpoint({
    summary: 'Create an API key',
    description:
      'The answer is the only place that shows the key; the same Idempotency-Key shows it again for a ' +
      'week. Its scopes are those of your own key or role, or fewer.',
    success: { status: 201, schema: newKeySchema },
    problems: { 403: '`scope-not-yours`', 422: '`too-many-keys`' },
  })
  create(@CurrentPrincipal() principal: Principal, @Body({ schema: createKeySchema }) body: CreateKey) {
    const effect = async (transaction: Transaction): Promise<SealedKey> => {
      const { made, key } = await this.keys.create(transaction, principal, body);
      return this.sealed.seal(made, key);
    };
    return onceFor(body, effect, (stored) => this.sealed.open(stored));
  }

  @Delete(':id')
  @NeedsReauthentication()
  @Endpoint({
    summary: 'Revoke an API key',
    description:
      'Its next request is refused: keys are looked up at each request and kept in no cache. It stays in ' +
      'the list, for records that name it.',
    success: { status: 204, description: 'Also when it was revoked before, or was not there.' },
    problems: {
      403:
        '`scope-not-yours`: it may do more than your own key. A user revokes any key but one with ' +
        '`platform:admin`.',
      409: '`own-key`',
    },
  })
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.keys.revoke(principal, id);
  }
}
