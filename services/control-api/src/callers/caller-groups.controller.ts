import { Body, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import { keyParameterSchema, type KeyParameter } from '../http/fields.ts';
import {
  callerGroupsSchema,
  listMembersSchema,
  memberParametersSchema,
  membersSchema,
  putCallerGroupSchema,
  type ListMembers,
  type MemberParameters,
  type PutCallerGroup,
} from './caller-group.dto.ts';
import { CallerGroupsService } from './caller-groups.service.ts';

/** Named groups of callers: an allow-list of a number, and a greeting of their own. */
@TenantController('caller-groups', ADMIN_SCOPES)
export class CallerGroupsController {
  constructor(private readonly groups: CallerGroupsService) {}

  @Get()
  @Endpoint({ summary: 'Groups of callers, by key', success: { schema: callerGroupsSchema } })
  async list(@CurrentPrincipal() { tenantId }: Principal) {
    return { items: await this.groups.list(tenantId) };
  }

  @Put(':key')
  @Endpoint({ summary: 'Make a group, or change its name and greeting', success: { status: 204 } })
  async put(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: keyParameterSchema }) { key }: KeyParameter,
    @Body({ schema: putCallerGroupSchema }) body: PutCallerGroup,
  ): Promise<void> {
    await this.groups.put(tenantId, key, body);
  }

  @Delete(':key')
  @Endpoint({
    summary: 'Delete a group and its members',
    success: { status: 204, description: 'Also when it was not there.' },
    problems: { 409: '`group-in-use`' },
  })
  async delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: keyParameterSchema }) { key }: KeyParameter,
  ): Promise<void> {
    await this.groups.delete(tenantId, key);
  }

  @Get(':key/members')
  @Endpoint({
    summary: 'Numbers and prefixes of a group',
    success: { schema: membersSchema },
    problems: { 404: '`group-not-found`' },
  })
  async members(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: keyParameterSchema }) { key }: KeyParameter,
    @Query({ schema: listMembersSchema }) query: ListMembers,
  ) {
    const items = await this.groups.members(tenantId, key, query);
    return { items, nextAfter: items.length === query.limit ? items.at(-1) : null };
  }

  @Put(':key/members/:pattern')
  @Endpoint({
    summary: 'Add a number or prefix to a group',
    success: { status: 204 },
    problems: { 404: '`group-not-found`' },
  })
  async addMember(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: memberParametersSchema }) { key, pattern }: MemberParameters,
  ): Promise<void> {
    await this.groups.addMember(tenantId, key, pattern);
  }

  @Delete(':key/members/:pattern')
  @Endpoint({
    summary: 'Remove a number or prefix from a group',
    success: { status: 204, description: 'Also when it was not there.' },
  })
  async removeMember(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: memberParametersSchema }) { key, pattern }: MemberParameters,
  ): Promise<void> {
    await this.groups.removeMember(tenantId, key, pattern);
  }
}
