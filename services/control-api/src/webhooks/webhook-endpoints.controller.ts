import { Body, Delete, Get, Header, Param, Patch, Post, Query } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  NeedsReauthentication,
  NeedsScopes,
  onceFor,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  changeEndpointSchema,
  createEndpointSchema,
  endpointPageSchema,
  endpointSchema,
  listEndpointsSchema,
  secretSchema,
  toEndpointDto,
  type ChangeEndpoint,
  type CreateEndpoint,
  type ListEndpoints,
} from './webhook-endpoint.dto.ts';
import {
  deliveryPageSchema,
  listDeliveriesSchema,
  replayedSchema,
  replaySchema,
  toDeliveryPage,
  toReplayed,
  type ListDeliveries,
  type Replay,
} from './webhook-delivery.dto.ts';
import { WebhookEndpoints } from './webhook-endpoints.service.ts';

const NOT_FOUND = '`endpoint-not-found`';

/** Endpoints of business systems that receive events, and the state of each delivery. */
@TenantController('webhook-endpoints', ADMIN_SCOPES)
export class WebhookEndpointsController {
  constructor(private readonly endpoints: WebhookEndpoints) {}

  @Get()
  @Endpoint({ summary: 'Endpoints, newest first', success: { schema: endpointPageSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listEndpointsSchema }) query: ListEndpoints,
  ) {
    const { items, nextCursor } = await this.endpoints.list(tenantId, query);
    return { items: items.map(toEndpointDto), nextCursor };
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Create an endpoint',
    description:
      'Fetch its signing secret afterwards. docs/webhooks.md explains the requests and how to verify them.',
    success: { status: 201, schema: endpointSchema },
    problems: { 422: '`url-refused`, `too-many-endpoints`, `unknown-filter`' },
  })
  create(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: createEndpointSchema }) body: CreateEndpoint,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toEndpointDto(await this.endpoints.create(transaction, tenantId, body)),
    );
  }

  @Get(':id')
  @Endpoint({ summary: 'One endpoint', success: { schema: endpointSchema }, problems: { 404: NOT_FOUND } })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toEndpointDto(await this.endpoints.get(tenantId, id));
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Change an endpoint; enabling it delivers waiting events',
    success: { schema: endpointSchema },
    problems: { 404: NOT_FOUND, 422: '`url-refused`, `headers-needed`, `unknown-filter`' },
  })
  change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: changeEndpointSchema }) body: ChangeEndpoint,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toEndpointDto(await this.endpoints.change(transaction, tenantId, id, body)),
    );
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Delete an endpoint with its waiting events',
    success: { status: 204, description: 'Also when it was not there.' },
  })
  async delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.endpoints.delete(tenantId, id);
  }

  @Get(':id/secret')
  @NeedsReauthentication()
  @NeedsScopes({ read: ADMIN_SCOPES.write, write: ADMIN_SCOPES.write })
  @Header('Cache-Control', 'no-store')
  @Endpoint({
    summary: 'The secret events are signed with',
    description: 'Needs the scope for writing, because the secret signs events.',
    success: { schema: secretSchema },
    problems: { 404: NOT_FOUND },
  })
  async secret(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return { secret: await this.endpoints.secret(tenantId, id) };
  }

  @Post(':id/secret')
  @NeedsReauthentication()
  @Idempotent()
  @Endpoint({
    summary: 'Make a new secret; the old one signs beside it for a day',
    success: { status: 204 },
    problems: { 404: NOT_FOUND },
  })
  rotate(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, (transaction: Transaction) => this.endpoints.rotate(transaction, tenantId, id));
  }

  @Post(':id/test')
  @Endpoint({
    summary: 'Send a `webhook.test` event',
    success: { status: 202 },
    problems: { 404: NOT_FOUND },
  })
  async test(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.endpoints.test(tenantId, id);
  }

  @Get(':id/deliveries')
  @Endpoint({
    summary: 'Deliveries of events, newest first',
    success: { schema: deliveryPageSchema },
    problems: { 404: NOT_FOUND },
  })
  async listDeliveries(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Query({ schema: listDeliveriesSchema }) query: ListDeliveries,
  ) {
    return toDeliveryPage(await this.endpoints.deliveries(tenantId, id, query));
  }

  @Post(':id/replay')
  @Endpoint({
    summary: 'Deliver events again',
    description:
      'The events keep their ids. Without a body, all events that were given up; with `eventIds`, or ' +
      '`from` and `to`, those, also delivered ones. An event that waits already is not changed.',
    success: { schema: replayedSchema },
    problems: { 404: NOT_FOUND },
  })
  async replay(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: replaySchema }) body: Replay,
  ) {
    return toReplayed(await this.endpoints.replay(tenantId, id, body), body);
  }
}
