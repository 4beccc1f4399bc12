import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  onceFor,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  listDeliveriesSchema,
  replayedSchema,
  replaySchema,
  toReplayed,
  type ListDeliveries,
  type Replay,
} from '../webhooks/webhook-delivery.dto.ts';
import {
  changeConnectionSchema,
  connectionPageSchema,
  connectionSchema,
  createConnectionSchema,
  crmDeliveryPageSchema,
  listConnectionsSchema,
  previewedSchema,
  previewSavedSchema,
  previewSchema,
  toConnectionDto,
  toCrmDeliveryPage,
  type ChangeConnection,
  type CreateConnection,
  type ListConnections,
  type Preview,
  type PreviewSaved,
} from './crm-connection.dto.ts';
import { CrmConnections } from './crm-connections.service.ts';

const NOT_FOUND = '`connection-not-found`';

/** Connections to the CRMs of a business, into which events are pushed, and the state of each push. */
@TenantController('crm-connections', ADMIN_SCOPES)
export class CrmConnectionsController {
  constructor(private readonly connections: CrmConnections) {}

  @Get()
  @Endpoint({ summary: 'CRM connections, newest first', success: { schema: connectionPageSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listConnectionsSchema }) query: ListConnections,
  ) {
    const { items, nextCursor } = await this.connections.list(tenantId, query);
    return { items: items.map(toConnectionDto), nextCursor };
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Connect a CRM',
    description: 'docs/crm.md explains the settings and credentials of each kind.',
    success: { status: 201, schema: connectionSchema },
    problems: { 422: '`url-refused`, `too-many-connections`' },
  })
  create(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: createConnectionSchema }) body: CreateConnection,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toConnectionDto(await this.connections.create(transaction, tenantId, body)),
    );
  }

  @Post('preview')
  @Endpoint({
    summary: 'The requests of a mapping for a sample event; nothing is sent',
    success: { status: 200, schema: previewedSchema },
    problems: { 422: '`preview-not-available`' },
  })
  preview(@Body({ schema: previewSchema }) body: Preview) {
    return this.connections.preview(body);
  }

  @Get(':id')
  @Endpoint({
    summary: 'One connection, with its state and last error',
    success: { schema: connectionSchema },
    problems: { 404: NOT_FOUND },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toConnectionDto(await this.connections.get(tenantId, id));
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Change a connection; what waits is tried again at once',
    success: { schema: connectionSchema },
    problems: { 404: NOT_FOUND, 422: '`url-refused`, `credentials-needed`' },
  })
  change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: changeConnectionSchema }) body: ChangeConnection,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toConnectionDto(await this.connections.change(transaction, tenantId, id, body)),
    );
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Delete a connection with its waiting events',
    success: { status: 204, description: 'Also when it was not there.' },
  })
  async delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.connections.delete(tenantId, id);
  }

  @Post(':id/test')
  @Endpoint({
    summary: 'Try a connection; its deliveries tell the result',
    success: { status: 202 },
    problems: { 404: NOT_FOUND, 409: '`connection-disabled`', 422: '`test-not-mapped`' },
  })
  async test(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.connections.test(tenantId, id);
  }

  @Post(':id/preview')
  @Endpoint({
    summary: 'The requests of a connection for a sample event; nothing is sent',
    success: { status: 200, schema: previewedSchema },
    problems: { 404: NOT_FOUND, 422: '`preview-not-available`' },
  })
  previewSaved(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: previewSavedSchema }) body: PreviewSaved,
  ) {
    return this.connections.previewSaved(tenantId, id, body);
  }

  @Get(':id/deliveries')
  @Endpoint({
    summary: 'Events of a connection, newest first',
    success: { schema: crmDeliveryPageSchema },
    problems: { 404: NOT_FOUND },
  })
  async listDeliveries(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Query({ schema: listDeliveriesSchema }) query: ListDeliveries,
  ) {
    return toCrmDeliveryPage(await this.connections.deliveries(tenantId, id, query));
  }

  @Post(':id/replay')
  @Endpoint({
    summary: 'Push events again',
    description:
      'Without a body, all events that were given up; with `eventIds`, or `from` and `to`, those, also ' +
      'delivered ones. What a later event wrote stays.',
    success: { schema: replayedSchema },
    problems: { 404: NOT_FOUND },
  })
  async replay(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: replaySchema }) body: Replay,
  ) {
    return toReplayed(await this.connections.replay(tenantId, id, body), body, 'connection');
  }
}
