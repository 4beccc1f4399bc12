import { Body, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { Transaction } from '@tandem/database';
import { CurrentCaller, IdempotencyKey, IdempotentWrites, idParameterSchema, problemSchema, Repeatable, TenantController, type Caller } from '@tandem/platform';
import type { Response } from 'express';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  agentSchema,
  agentsSchema,
  createAgentSchema,
  listVersionsSchema,
  publishedSchema,
  publishSchema,
  toAgentDto,
  toVersionsDto,
  versionParametersSchema,
  versionSchema,
  versionsSchema,
  type CreateAgent,
  type ListVersions,
  type PublishedContent,
} from './agent.dto.ts';
import { AgentsService } from './agents.service.ts';

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
  async list(@CurrentCaller() caller: Caller) {
    return { items: (await this.agents.list(caller.tenantId)).map(toAgentDto) };
  }

  @Post()
  @Repeatable()
  @ApiOperation({ summary: 'Make an agent; it answers once a version is published' })
  @ApiResponse({ status: 201, standardSchema: agentSchema })
  create(@CurrentCaller() caller: Caller, @IdempotencyKey() key: string, @Body({ schema: createAgentSchema }) body: CreateAgent, @Res({ passthrough: true }) response: Response) {
    return this.writes.answer({ caller, key, operation: 'POST /v1/agents', body }, response, async (transaction) => ({
      status: 201,
      body: toAgentDto(await this.agents.create(transaction, caller.tenantId, body.name)),
    }));
  }

  @Get(':id/versions')
  @ApiOperation({ summary: 'Versions of an agent, newest first' })
  @ApiResponse({ status: 200, standardSchema: versionsSchema })
  @ApiResponse({ status: 404, description: '`agent-not-found`', standardSchema: problemSchema })
  async versions(@CurrentCaller() caller: Caller, @Param({ schema: idParameterSchema }) { id }: { id: string }, @Query({ schema: listVersionsSchema }) query: ListVersions) {
    return toVersionsDto(await this.agents.versions(caller.tenantId, id, query));
  }

  @Get(':id/versions/:version')
  @ApiOperation({ summary: 'What a version is' })
  @ApiResponse({ status: 200, standardSchema: versionSchema })
  @ApiResponse({ status: 404, description: '`version-not-found`', standardSchema: problemSchema })
  async version(@CurrentCaller() caller: Caller, @Param({ schema: versionParametersSchema }) { id, version }: { id: string; version: number }) {
    return { version, content: await this.agents.content(caller.tenantId, id, version) };
  }

  @Post(':id/versions')
  @Repeatable()
  @ApiOperation({ summary: 'Publish a version: what callers get from now on', description: 'Calls that run keep what they started with. The fields are explained in docs/agents.md; each one left out has its default.' })
  @ApiResponse({ status: 201, standardSchema: publishedSchema })
  @ApiResponse({ status: 200, description: 'The content is that of the version callers get already.', standardSchema: publishedSchema })
  @ApiResponse({ status: 404, description: '`agent-not-found`', standardSchema: problemSchema })
  @ApiResponse({ status: 422, description: '`unknown-tool` or `unknown-department`', standardSchema: problemSchema })
  publish(
    @CurrentCaller() caller: Caller,
    @IdempotencyKey() key: string,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
    @Body({ schema: publishSchema }) body: PublishedContent,
    @Res({ passthrough: true }) response: Response,
  ) {
    return this.writes.answer({ caller, key, operation: `POST /v1/agents/${id}/versions`, body }, response, async (transaction) => {
      const published = await this.agents.publish(transaction, caller.tenantId, id, body);
      return { status: published.isNew ? 201 : 200, body: published };
    });
  }
}
