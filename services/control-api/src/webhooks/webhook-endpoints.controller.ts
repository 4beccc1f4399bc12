import { Body, Delete, Get, Header, HttpCode, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { WebhookDeliveryRepository, WebhookEndpointRepository, type Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  IdempotencyKey,
  IdempotentWrites,
  idParameterSchema,
  NeedsScopes,
  problemSchema,
  Repeatable,
  TenantController,
  type Principal,
} from '@tandem/platform';
import type { Response } from 'express';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  changeEndpointSchema,
  createEndpointSchema,
  deliveryPageSchema,
  endpointPageSchema,
  endpointSchema,
  listDeliveriesSchema,
  listEndpointsSchema,
  replayedSchema,
  replaySchema,
  secretSchema,
  toDeliveryPage,
  toEndpointDto,
  toReplayed,
  type ChangeEndpoint,
  type CreateEndpoint,
  type ListDeliveries,
  type ListEndpoints,
  type Replay,
} from './webhook-endpoint.dto.ts';
import { WebhookEndpoints } from './webhook-endpoints.service.ts';

interface IdParameter {
  id: string;
}

/** Where business systems are told what happens, and what became of it. */
@TenantController('webhook-endpoints', ADMIN_SCOPES)
export class WebhookEndpointsController {
  constructor(
    @Inject(WebhookEndpoints) private readonly endpoints: WebhookEndpoints,
    @Inject(WebhookEndpointRepository) private readonly repository: WebhookEndpointRepository,
    @Inject(WebhookDeliveryRepository) private readonly deliveries: WebhookDeliveryRepository,
    @Inject(IdempotentWrites) private readonly writes: IdempotentWrites<Transaction>,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Endpoints, newest first' })
  @ApiResponse({ status: 200, standardSchema: endpointPageSchema })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: listEndpointsSchema }) query: ListEndpoints,
  ) {
    const { items, nextCursor } = await this.repository.list(caller.tenantId, query);
    return { items: items.map(toEndpointDto), nextCursor };
  }

  @Post()
  @Repeatable()
  @ApiOperation({
    summary: 'Have events delivered',
    description:
      'Ask for the signing secret afterwards. docs/webhooks.md says what is sent and how to verify it.',
  })
  @ApiResponse({ status: 201, standardSchema: endpointSchema })
  @ApiResponse({
    status: 422,
    description: '`url-refused`, `too-many-endpoints`; or `idempotency-key-reused`.',
    standardSchema: problemSchema,
  })
  create(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @Body({ schema: createEndpointSchema }) body: CreateEndpoint,
    @Res({ passthrough: true }) response: Response,
  ) {
    return this.writes.perform(
      { caller, key, operation: 'POST /v1/webhook-endpoints', body },
      response,
      async (transaction) => ({
        status: 201,
        body: toEndpointDto(await this.endpoints.create(transaction, caller.tenantId, body)),
      }),
    );
  }

  @Get(':id')
  @ApiOperation({ summary: 'One endpoint' })
  @ApiResponse({ status: 200, standardSchema: endpointSchema })
  @ApiResponse({ status: 404, description: '`endpoint-not-found`', standardSchema: problemSchema })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toEndpointDto(await this.endpoints.get(caller.tenantId, id));
  }

  @Patch(':id')
  @Repeatable()
  @ApiOperation({ summary: 'Change an endpoint; enabling it has what waits delivered' })
  @ApiResponse({ status: 200, standardSchema: endpointSchema })
  @ApiResponse({ status: 404, description: '`endpoint-not-found`', standardSchema: problemSchema })
  @ApiResponse({
    status: 422,
    description: '`url-refused`, `headers-needed`; or `idempotency-key-reused`.',
    standardSchema: problemSchema,
  })
  change(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: changeEndpointSchema }) body: ChangeEndpoint,
    @Res({ passthrough: true }) response: Response,
  ) {
    return this.writes.perform(
      { caller, key, operation: `PATCH /v1/webhook-endpoints/${id}`, body },
      response,
      async (transaction) => ({
        status: 200,
        body: toEndpointDto(await this.endpoints.change(transaction, caller.tenantId, id, body)),
      }),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete an endpoint, with what waits for it' })
  @ApiResponse({ status: 204, description: 'Also when it was not there.' })
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.repository.delete(caller.tenantId, id);
  }

  @Get(':id/secret')
  @NeedsScopes({ read: ADMIN_SCOPES.write, write: ADMIN_SCOPES.write })
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'The secret events are signed with',
    description: 'Needs the scope for writing: whoever has it can sign events.',
  })
  @ApiResponse({ status: 200, standardSchema: secretSchema })
  @ApiResponse({ status: 404, description: '`endpoint-not-found`', standardSchema: problemSchema })
  async secret(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return { secret: await this.endpoints.secret(caller.tenantId, id) };
  }

  @Post(':id/secret')
  @HttpCode(204)
  @Repeatable()
  @ApiOperation({ summary: 'Make a new secret; the old one signs along for a day' })
  @ApiResponse({ status: 204 })
  @ApiResponse({ status: 404, description: '`endpoint-not-found`', standardSchema: problemSchema })
  async rotate(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.writes.perform(
      { caller, key, operation: `POST /v1/webhook-endpoints/${id}/secret`, body: null },
      response,
      async (transaction) => {
        await this.endpoints.rotate(transaction, caller.tenantId, id);
        return { status: 204, body: null };
      },
    );
  }

  @Post(':id/test')
  @HttpCode(202)
  @ApiOperation({ summary: 'Have a `webhook.test` event delivered' })
  @ApiResponse({ status: 202 })
  @ApiResponse({ status: 404, description: '`endpoint-not-found`', standardSchema: problemSchema })
  async test(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.endpoints.test(caller.tenantId, id);
  }

  @Get(':id/deliveries')
  @ApiOperation({ summary: 'What became of events, newest first' })
  @ApiResponse({ status: 200, standardSchema: deliveryPageSchema })
  @ApiResponse({ status: 404, description: '`endpoint-not-found`', standardSchema: problemSchema })
  async listDeliveries(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Query({ schema: listDeliveriesSchema }) { state, ...page }: ListDeliveries,
  ) {
    await this.endpoints.get(caller.tenantId, id);
    return toDeliveryPage(await this.deliveries.list(caller.tenantId, id, state, page));
  }

  @Post(':id/replay')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Have events delivered again',
    description:
      'Under the ids they had. Without a body all that were given up; with `eventIds`, or `from` and ' +
      '`to`, those, delivered ones too. An event that waits already is left as it is.',
  })
  @ApiResponse({ status: 200, standardSchema: replayedSchema })
  @ApiResponse({ status: 404, description: '`endpoint-not-found`', standardSchema: problemSchema })
  async replay(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: replaySchema }) asked: Replay,
  ) {
    await this.endpoints.get(caller.tenantId, id);
    const { eventIds, from, to } = asked;
    const time = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
    return toReplayed(
      await this.deliveries.replay(caller.tenantId, id, { eventIds, from: time(from), to: time(to) }),
      asked,
    );
  }
}
