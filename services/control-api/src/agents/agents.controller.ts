import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  onceFor,
  Reply,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
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
  type VersionParameters,
} from './agent.dto.ts';
import { AgentsService } from './agents.service.ts';
import { contentDescription } from './published-content.ts';

/** Agents and their versions. A version never changes; callers get the one published last. */
@TenantController('agents', ADMIN_SCOPES)
export class AgentsController {
  constructor(private readonly agents: AgentsService) {}

  @Get()
  @Endpoint({ summary: 'Agents, by name', success: { schema: agentsSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listAgentsSchema }) { archived }: ListAgents,
  ) {
    return { items: (await this.agents.list(tenantId, archived === 'true')).map(toAgentDto) };
  }

  @Get(':id')
  @Endpoint({
    summary: 'One agent, archived or not',
    success: { schema: agentSchema },
    problems: { 404: '`agent-not-found`' },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toAgentDto(await this.agents.get(tenantId, id));
  }

  @Patch(':id')
  @Endpoint({
    summary: 'Rename, archive or restore an agent',
    description: 'The same change twice is one change.',
    success: { schema: agentSchema },
    problems: { 404: '`agent-not-found`', 409: '`agent-in-use`, `agent-name-taken`' },
  })
  async change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: changeAgentSchema }) body: ChangeAgent,
  ) {
    return toAgentDto(await this.agents.change(tenantId, id, body));
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Archive an agent',
    description: 'Its versions and calls stay; PATCH restores it.',
    success: { status: 204, description: 'Also when it was archived before.' },
    problems: { 404: '`agent-not-found`', 409: '`agent-in-use`: a number is answered by it.' },
  })
  async archive(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.agents.change(tenantId, id, { isArchived: true });
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Create an agent',
    description: 'It takes calls after you publish a version and give it to a number.',
    success: { status: 201, schema: agentSchema },
    problems: { 409: '`agent-name-taken`' },
  })
  create(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: createAgentSchema }) body: CreateAgent,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toAgentDto(await this.agents.create(transaction, tenantId, body.name)),
    );
  }

  @Get(':id/versions')
  @Endpoint({
    summary: 'Versions of an agent, newest first',
    success: { schema: versionsSchema },
    problems: { 404: '`agent-not-found`' },
  })
  async versions(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Query({ schema: listVersionsSchema }) query: ListVersions,
  ) {
    return toVersionsDto(await this.agents.versions(tenantId, id, query));
  }

  @Get(':id/versions/:version')
  @Endpoint({
    summary: 'The content of a version',
    success: { schema: versionSchema },
    problems: { 404: '`version-not-found`' },
  })
  async version(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: versionParametersSchema }) { id, version }: VersionParameters,
  ) {
    return { version, content: await this.agents.content(tenantId, id, version) };
  }

  @Post(':id/versions')
  @Idempotent()
  @Endpoint({
    summary: 'Publish a version: what callers get from now on',
    description:
      'Running calls keep their version. docs/agents.md explains the fields; each field left out has its ' +
      'default.',
    success: [
      { status: 201, schema: publishedSchema },
      {
        status: 200,
        description: 'Callers get this content already.',
        schema: publishedSchema,
      },
    ],
    problems: {
      404: '`agent-not-found`',
      409: '`agent-archived`',
      422: '`mcp-server-unavailable`: a server of `mcpServers` did not tell its tools.',
      503: '`tool-worker-unavailable`: no worker could ask the servers.',
    },
  })
  @ApiBody({ schema: contentDescription() })
  async publish(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body() given: unknown,
  ) {
    const content = await this.agents.read(tenantId, given);
    const frozen = await this.agents.freeze(tenantId, content);
    return onceFor(content, async (transaction: Transaction) => {
      const published = await this.agents.publish(transaction, tenantId, id, frozen);
      return new Reply(published.isNew ? 201 : 200, published);
    });
  }

  @Post(':id/mcp/refresh')
  @Idempotent()
  @Endpoint({
    summary: 'Ask the servers of the published version for their tools again',
    description: 'Publishes a version with what has changed, and none when nothing has.',
    success: [
      { status: 201, schema: publishedSchema },
      { status: 200, description: 'Nothing has changed.', schema: publishedSchema },
    ],
    problems: {
      404: '`agent-not-found`',
      409: '`agent-archived`, `nothing-published`',
      422: '`mcp-server-unavailable`: a server did not tell its tools.',
      503: '`tool-worker-unavailable`: no worker could ask the servers.',
    },
  })
  async refresh(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    const content = await this.agents.refreshed(tenantId, id);
    return onceFor({ refresh: id }, async (transaction: Transaction) => {
      const published = await this.agents.publish(transaction, tenantId, id, content);
      return new Reply(published.isNew ? 201 : 200, published);
    });
  }
}
