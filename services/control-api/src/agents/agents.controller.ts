import { Body, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  IdempotencyKey,
  IdempotentWrites,
  idParameterSchema,
  problemSchema,
  Repeatable,
  TenantController,
  type Principal,
} from '@tandem/platform';
import type { Response } from 'express';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  agentSchema,
  agentsSchema,
  changeAgentSchema,
  createAgentSchema,
  listAgentsSchema,
  listVersionsSchema,
  publishedSchema,
  toAgentDto,
  toVersionsDto,
  versionParametersSchema,
  versionSchema,
  versionsSchema,
  type ChangeAgent,
  type CreateAgent,
  type ListAgents,
  type ListVersions,
} from './agent.dto.ts';
import { AgentsService } from './agents.service.ts';
import { contentDescription } from './published-content.ts';

/** Agents and their versions. A version is never changed; callers get the one published last. */
@TenantController('agents', ADMIN_SCOPES)
export class AgentsController {
  constructor(
    @Inject(AgentsService) private readonly agents: AgentsService,
    @Inject(IdempotentWrites) private readonly writes: IdempotentWrites<Transaction>,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Agents, by name' })
  @ApiResponse({ status: 200, standardSchema: agentsSchema })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: listAgentsSchema }) { archived }: ListAgents,
  ) {
    return { items: (await this.agents.list(caller.tenantId, archived === 'true')).map(toAgentDto) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One agent, archived or not' })
  @ApiResponse({ status: 200, standardSchema: agentSchema })
  @ApiResponse({ status: 404, description: '`agent-not-found`', standardSchema: problemSchema })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
  ) {
    return toAgentDto(await this.agents.get(caller.tenantId, id));
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Rename an agent, archive it or take it out of the archive',
    description: 'The same change twice is one change.',
  })
  @ApiResponse({ status: 200, standardSchema: agentSchema })
  @ApiResponse({ status: 404, description: '`agent-not-found`', standardSchema: problemSchema })
  @ApiResponse({
    status: 409,
    description: '`agent-in-use`, `agent-name-taken`',
    standardSchema: problemSchema,
  })
  async change(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
    @Body({ schema: changeAgentSchema }) body: ChangeAgent,
  ) {
    return toAgentDto(await this.agents.change(caller.tenantId, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Archive an agent',
    description: 'Its versions, and the calls it took, stay; PATCH gives it back.',
  })
  @ApiResponse({ status: 204, description: 'Also when it was archived before.' })
  @ApiResponse({ status: 404, description: '`agent-not-found`', standardSchema: problemSchema })
  @ApiResponse({
    status: 409,
    description: '`agent-in-use`: a number is answered by it.',
    standardSchema: problemSchema,
  })
  async archive(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
  ): Promise<void> {
    await this.agents.change(caller.tenantId, id, { isArchived: true });
  }

  @Post()
  @Repeatable()
  @ApiOperation({ summary: 'Make an agent; it answers once a version is published' })
  @ApiResponse({ status: 201, standardSchema: agentSchema })
  @ApiResponse({
    status: 409,
    description: '`agent-name-taken`; or `idempotency-in-progress`.',
    standardSchema: problemSchema,
  })
  create(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @Body({ schema: createAgentSchema }) body: CreateAgent,
    @Res({ passthrough: true }) response: Response,
  ) {
    return this.writes.perform(
      { caller, key, operation: 'POST /v1/agents', body },
      response,
      async (transaction) => ({
        status: 201,
        body: toAgentDto(await this.agents.create(transaction, caller.tenantId, body.name)),
      }),
    );
  }

  @Get(':id/versions')
  @ApiOperation({ summary: 'Versions of an agent, newest first' })
  @ApiResponse({ status: 200, standardSchema: versionsSchema })
  @ApiResponse({ status: 404, description: '`agent-not-found`', standardSchema: problemSchema })
  async versions(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
    @Query({ schema: listVersionsSchema }) query: ListVersions,
  ) {
    return toVersionsDto(await this.agents.versions(caller.tenantId, id, query));
  }

  @Get(':id/versions/:version')
  @ApiOperation({ summary: 'What a version is' })
  @ApiResponse({ status: 200, standardSchema: versionSchema })
  @ApiResponse({ status: 404, description: '`version-not-found`', standardSchema: problemSchema })
  async version(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: versionParametersSchema }) { id, version }: { id: string; version: number },
  ) {
    return { version, content: await this.agents.content(caller.tenantId, id, version) };
  }

  @Post(':id/versions')
  @Repeatable()
  @ApiOperation({
    summary: 'Publish a version: what callers get from now on',
    description:
      'Calls that run keep what they started with. The fields are explained in docs/agents.md; each one ' +
      'left out has its default.',
  })
  @ApiResponse({ status: 201, standardSchema: publishedSchema })
  @ApiResponse({
    status: 200,
    description: 'The content is that of the version callers get already.',
    standardSchema: publishedSchema,
  })
  @ApiResponse({ status: 404, description: '`agent-not-found`', standardSchema: problemSchema })
  @ApiResponse({
    status: 409,
    description: '`agent-archived`; or `idempotency-in-progress`.',
    standardSchema: problemSchema,
  })
  @ApiBody({ schema: contentDescription() })
  async publish(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
    @Body() given: unknown,
    @Res({ passthrough: true }) response: Response,
  ) {
    const body = await this.agents.read(caller.tenantId, given);
    return this.writes.perform(
      { caller, key, operation: `POST /v1/agents/${id}/versions`, body },
      response,
      async (transaction) => {
        const published = await this.agents.publish(transaction, caller.tenantId, id, body);
        return { status: published.isNew ? 201 : 200, body: published };
      },
    );
  }
}
