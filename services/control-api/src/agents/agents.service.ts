import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AgentContent, TenantId } from '@tandem/contracts';
import {
  AgentRepository,
  DepartmentRepository,
  SecretRepository,
  type Agent,
  type AgentChange,
  type AgentVersion,
  type Transaction,
} from '@tandem/database';
import { Destinations, Problem } from '@tandem/platform';
import type { ListVersions } from './agent.dto.ts';
import { FrozenTools } from '../mcp/frozen-tools.ts';
import { readContent } from './published-content.ts';

/** Where others can connect to. */
const PUBLIC = new Destinations([]);

/** The agents of a tenant and their published versions. */
@Injectable()
export class AgentsService {
  constructor(
    private readonly agents: AgentRepository,
    private readonly departments: DepartmentRepository,
    private readonly secrets: SecretRepository,
    private readonly destinations: Destinations,
    private readonly frozenTools: FrozenTools,
  ) {}

  list(tenantId: TenantId, isArchived: boolean): Promise<Agent[]> {
    return this.agents.list(tenantId, isArchived);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<Agent> {
    const agent = await this.agents.find(tenantId, id);
    if (!agent) throw agentNotFound();
    return agent;
  }

  /** @throws Problem 409 `agent-name-taken` */
  async create(transaction: Transaction, tenantId: TenantId, name: string): Promise<Agent> {
    const created = await this.agents.create(transaction, tenantId, { id: randomUUID(), name });
    if (created === 'name-taken') throw nameTaken();
    return created;
  }

  /** @throws Problem 404; 409 `agent-in-use`, `agent-name-taken` */
  async change(tenantId: TenantId, id: string, change: AgentChange): Promise<Agent> {
    const changed = await this.agents.change(tenantId, id, change);
    if (changed === 'not-found') throw agentNotFound();
    if (changed === 'name-taken') throw nameTaken();
    if (changed === 'in-use')
      throw new Problem(
        409,
        'agent-in-use',
        'The agent answers a number',
        'Callers of a number are answered by this agent. Give the number another agent, or none, first.',
      );
    return changed;
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
    if (content === null)
      throw new Problem(
        404,
        'version-not-found',
        'No such version',
        'There is no agent of this id with this version. Ask for the list of versions.',
      );
    return content;
  }

  /**
   * Returns content that may be published.
   * @throws Problem 400 `invalid-request` with all faults
   */
  async read(tenantId: TenantId, given: unknown): Promise<AgentContent> {
    const [departments, secrets] = await Promise.all([
      this.departments.list(tenantId),
      this.secrets.list(tenantId),
    ]);
    return readContent(given, {
      departments: departments.map(({ key }) => key),
      secrets: secrets.map(({ name }) => name),
      problemOfUrl: (url) => this.destinations.problemOfResolved(url),
      problemOfPublicUrl: (url) => PUBLIC.problemOfResolved(url),
    });
  }

  /**
   * Returns content in which the tools of servers are declared as they are now.
   * @throws Problem as {@link FrozenTools.freeze}
   */
  freeze(tenantId: TenantId, content: AgentContent): Promise<AgentContent> {
    return this.frozenTools.freeze(tenantId, content);
  }

  /**
   * Returns the published content with the tools of its servers as they are now.
   * @throws Problem 404 `agent-not-found`; 409 `nothing-published`; as {@link read} and {@link freeze}
   */
  async refreshed(tenantId: TenantId, id: string): Promise<AgentContent> {
    const { publishedVersion } = await this.get(tenantId, id);
    if (publishedVersion === null)
      throw new Problem(
        409,
        'nothing-published',
        'No version is published',
        'The agent has no version whose tools could be asked for. Publish one.',
      );
    const content = await this.content(tenantId, id, publishedVersion);
    return this.freeze(tenantId, await this.read(tenantId, content));
  }

  /** @throws Problem 404; 409 `agent-archived` */
  async publish(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    content: AgentContent,
  ): Promise<{ version: number; isNew: boolean }> {
    const published = await this.agents.publish(transaction, tenantId, id, content);
    if (published === 'not-found') throw agentNotFound();
    if (published === 'archived')
      throw new Problem(
        409,
        'agent-archived',
        'The agent is archived',
        'Take it out of the archive first: PATCH it with "isArchived": false.',
      );
    return published;
  }
}

const agentNotFound = () =>
  new Problem(
    404,
    'agent-not-found',
    'No such agent',
    'There is no agent with this id. Ask for the list, or make one.',
  );
const nameTaken = () =>
  new Problem(
    409,
    'agent-name-taken',
    'The name is taken',
    'Another agent has this name. Take another name, or rename or archive that one.',
  );
