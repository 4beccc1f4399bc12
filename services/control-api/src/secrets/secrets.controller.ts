import { Body, Delete, Get, Param, Put } from '@nestjs/common';
import {
  CurrentPrincipal,
  Endpoint,
  NeedsReauthentication,
  TenantController,
  type Principal,
} from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  putSecretSchema,
  secretParameterSchema,
  secretSchema,
  secretsSchema,
  toSecretDto,
  type PutSecret,
  type SecretParameter,
} from './secret.dto.ts';
import { Secrets } from './secrets.service.ts';

/** Secrets that HTTP tools of agents name in their headers. A running call keeps those it started with. */
@TenantController('secrets', ADMIN_SCOPES)
export class SecretsController {
  constructor(private readonly secrets: Secrets) {}

  @Get()
  @Endpoint({ summary: 'Secrets, by name, without values', success: { schema: secretsSchema } })
  async list(@CurrentPrincipal() { tenantId }: Principal) {
    return { items: (await this.secrets.list(tenantId)).map(toSecretDto) };
  }

  @Get(':name')
  @Endpoint({
    summary: 'One secret, without its value',
    success: { schema: secretSchema },
    problems: { 404: '`secret-not-found`' },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: secretParameterSchema }) { name }: SecretParameter,
  ) {
    return toSecretDto(await this.secrets.get(tenantId, name));
  }

  @Put(':name')
  @NeedsReauthentication()
  @Endpoint({
    summary: 'Set a secret',
    description: 'New calls use the new value.',
    success: { status: 204 },
    problems: { 422: '`too-many-secrets`' },
  })
  async put(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: secretParameterSchema }) { name }: SecretParameter,
    @Body({ schema: putSecretSchema }) { value }: PutSecret,
  ): Promise<void> {
    await this.secrets.put(tenantId, name, value);
  }

  @Delete(':name')
  @NeedsReauthentication()
  @Endpoint({
    summary: 'Delete a secret; tools that name it fail in new calls',
    success: { status: 204, description: 'Also when it was not there.' },
  })
  async delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: secretParameterSchema }) { name }: SecretParameter,
  ): Promise<void> {
    await this.secrets.delete(tenantId, name);
  }
}
