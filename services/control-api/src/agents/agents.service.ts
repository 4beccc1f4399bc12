import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { AgentRepository, DepartmentRepository, type Agent, type AgentVersion, type Transaction } from '@tandem/database';
import { Problem } from '@tandem/platform';
import type { ListVersions, PublishedContent } from './agent.dto.ts';
import { refuseUnknownTools } from './known-tools.ts';

/** Agents and what is published of them. */
@Injectable()
export class AgentsService {
  constructor(
    @Inject(AgentRepository) private readonly agents: AgentRepository,
    @Inject(DepartmentRepository) private readonly departments: DepartmentRepository,
  ) {}

  list(tenantId: TenantId): Promise<Agent[]> {
    return this.agents.list(tenantId);
  }

  create(transaction: Transaction, tenantId: TenantId, name: string): Promise<Agent> {
    return this.agents.create(transaction, tenantId, { id: randomUUID(), name });
  }

  /** @throws Problem 404 */
  async versions(tenantId: TenantId, id: string, page: ListVersions): Promise<AgentVersion[]> {
    const versions = await this.agents.versions(tenantId, id, page);
    if (!versions) throw agentNotFound();
    return versions;
  }

  /** @throws Problem 404 */
  async content(tenantId: TenantId, id: string, version: number): Promise<unknown> {
    const content = await this.agents.content(tenantId, id, version);
    if (content === null) throw new Problem(404, 'version-not-found', 'No such version', 'There is no agent of this id with this version. Ask for the list of versions.');
    return content;
  }

  /** @throws Problem 404, or 422 `unknown-tool` or `unknown-department` */
  async publish(transaction: Transaction, tenantId: TenantId, id: string, content: PublishedContent): Promise<{ version: number; isNew: boolean }> {
    refuseUnknownTools(toolsNamed(content));
    const known = new Set((await this.departments.list(tenantId, transaction)).map(({ key }) => key));
    const unknown = content.ladder.flatMap((rung) => (rung.kind === 'transfer' && !known.has(rung.department) ? [rung.department] : []));
    if (unknown.length > 0) throw new Problem(422, 'unknown-department', 'No such department', `The ladder names departments that do not exist: ${unknown.join(', ')}. Make them first, or check their keys.`);
    const published = await this.agents.publish(transaction, tenantId, id, content);
    if (!published) throw agentNotFound();
    return published;
  }
}

/** By the agent, its variants and its rules. */
function toolsNamed({ tools, variants, rules }: PublishedContent): string[] {
  return [...tools, ...variants.flatMap((variant) => variant.tools ?? []), ...rules.flatMap(({ change }) => change.tools ?? [])];
}

const agentNotFound = () => new Problem(404, 'agent-not-found', 'No such agent', 'There is no agent with this id. Ask for the list, or make one.');
