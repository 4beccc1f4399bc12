import { Body, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { CallerGroupRepository } from '@tandem/database';
import { CurrentPrincipal, Problem, problemSchema, TenantController, type Principal } from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import { keyParameterSchema } from '../http/fields.ts';
import {
  callerGroupsSchema,
  listMembersSchema,
  memberParametersSchema,
  membersSchema,
  putCallerGroupSchema,
  type ListMembers,
  type PutCallerGroup,
} from './caller-group.dto.ts';

/**
 * Named groups of callers: who may call a number that takes only some, and who is greeted in their own way.
 */
@TenantController('caller-groups', ADMIN_SCOPES)
export class CallerGroupsController {
  constructor(@Inject(CallerGroupRepository) private readonly groups: CallerGroupRepository) {}

  @Get()
  @ApiOperation({ summary: 'Groups of callers, by key' })
  @ApiResponse({ status: 200, standardSchema: callerGroupsSchema })
  async list(@CurrentPrincipal() caller: Principal) {
    return { items: await this.groups.list(caller.tenantId) };
  }

  @Put(':key')
  @HttpCode(204)
  @ApiOperation({ summary: 'Make a group, or change its name and greeting' })
  @ApiResponse({ status: 204 })
  async put(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: keyParameterSchema }) { key }: { key: string },
    @Body({ schema: putCallerGroupSchema }) body: PutCallerGroup,
  ): Promise<void> {
    await this.groups.put(caller.tenantId, key, body);
  }

  @Delete(':key')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a group and its members' })
  @ApiResponse({ status: 204, description: 'Also when it was not there.' })
  @ApiResponse({ status: 409, description: '`group-in-use`', standardSchema: problemSchema })
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: keyParameterSchema }) { key }: { key: string },
  ): Promise<void> {
    const outcome = await this.groups.delete(caller.tenantId, key);
    if (outcome === 'in-use')
      throw new Problem(
        409,
        'group-in-use',
        'The group is in use',
        'A phone number lets in the members of this group. Take the group off the number first.',
      );
  }

  @Get(':key/members')
  @ApiOperation({ summary: 'Numbers, and beginnings of numbers, of a group' })
  @ApiResponse({ status: 200, standardSchema: membersSchema })
  @ApiResponse({ status: 404, description: '`group-not-found`', standardSchema: problemSchema })
  async members(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: keyParameterSchema }) { key }: { key: string },
    @Query({ schema: listMembersSchema }) query: ListMembers,
  ) {
    const items = await this.groups.members(caller.tenantId, key, query);
    if (!items) throw groupNotFound();
    return { items, nextAfter: items.length === query.limit ? items.at(-1) : null };
  }

  @Put(':key/members/:pattern')
  @HttpCode(204)
  @ApiOperation({ summary: 'Add a number, or all numbers that begin alike, to a group' })
  @ApiResponse({ status: 204 })
  @ApiResponse({ status: 404, description: '`group-not-found`', standardSchema: problemSchema })
  async addMember(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: memberParametersSchema }) { key, pattern }: { key: string; pattern: string },
  ): Promise<void> {
    if ((await this.groups.addMember(caller.tenantId, key, pattern)) === 'unknown-group')
      throw groupNotFound();
  }

  @Delete(':key/members/:pattern')
  @HttpCode(204)
  @ApiOperation({ summary: 'Take a number out of a group' })
  @ApiResponse({ status: 204, description: 'Also when it was not there.' })
  async removeMember(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: memberParametersSchema }) { key, pattern }: { key: string; pattern: string },
  ): Promise<void> {
    await this.groups.removeMember(caller.tenantId, key, pattern);
  }
}

const groupNotFound = () =>
  new Problem(
    404,
    'group-not-found',
    'No such group',
    'There is no group of callers with this key. Ask for the list, or make it with PUT.',
  );
