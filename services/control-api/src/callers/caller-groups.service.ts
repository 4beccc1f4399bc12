import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { CallerGroupRepository, type CallerGroup } from '@tandem/database';
import { Problem } from '@tandem/platform';
import type { ListMembers, PutCallerGroup } from './caller-group.dto.ts';

/** Named groups of callers, and the numbers in them. */
@Injectable()
export class CallerGroupsService {
  constructor(private readonly groups: CallerGroupRepository) {}

  list(tenantId: TenantId): Promise<CallerGroup[]> {
    return this.groups.list(tenantId);
  }

  put(tenantId: TenantId, key: string, group: PutCallerGroup): Promise<void> {
    return this.groups.put(tenantId, key, group);
  }

  /** Does nothing when there is no such group. @throws Problem 409 `group-in-use` */
  async delete(tenantId: TenantId, key: string): Promise<void> {
    const outcome = await this.groups.delete(tenantId, key);
    if (outcome === 'in-use')
      throw new Problem(
        409,
        'group-in-use',
        'The group is in use',
        'A phone number lets in the members of this group. Take the group off the number first.',
      );
  }

  /** @throws Problem 404 */
  async members(tenantId: TenantId, key: string, page: ListMembers): Promise<string[]> {
    const members = await this.groups.members(tenantId, key, page);
    if (!members) throw groupNotFound();
    return members;
  }

  /** @throws Problem 404 */
  async addMember(tenantId: TenantId, key: string, pattern: string): Promise<void> {
    if ((await this.groups.addMember(tenantId, key, pattern)) === 'unknown-group') throw groupNotFound();
  }

  /** Does nothing when the number is not in the group. */
  removeMember(tenantId: TenantId, key: string, pattern: string): Promise<void> {
    return this.groups.removeMember(tenantId, key, pattern);
  }
}

const groupNotFound = () =>
  new Problem(
    404,
    'group-not-found',
    'No such group',
    'There is no group of callers with this key. Ask for the list, or make it with PUT.',
  );
