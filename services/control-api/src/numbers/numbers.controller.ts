import { Body, Get, Inject, Param, Patch } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { NumberRepository, type PhoneNumber } from '@tandem/database';
import {
  CurrentPrincipal,
  idParameterSchema,
  Problem,
  problemSchema,
  TenantController,
  type Principal,
} from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import { changeNumberSchema, numberSchema, numbersSchema, type ChangeNumber } from './number.dto.ts';

const REFUSALS = {
  'not-found': () =>
    new Problem(
      404,
      'number-not-found',
      'No such number',
      'There is no phone number of ours with this id. Ask for the list.',
    ),
  'unknown-group': () =>
    new Problem(
      422,
      'unknown-group',
      'No such group',
      'One of allowedGroups is not a group of callers. Make it first, or check its key.',
    ),
  'unknown-agent': () =>
    new Problem(
      422,
      'unknown-agent',
      'No such agent',
      'There is no agent with this agentId. Ask for the list of agents.',
    ),
  'nobody-may-call': () =>
    new Problem(
      422,
      'nobody-may-call',
      'Nobody could call',
      'A number that takes only callers on a list needs at least one group in allowedGroups.',
    ),
} as const;

/** The numbers that ring here, and how their calls are taken. */
@TenantController('numbers', ADMIN_SCOPES)
export class NumbersController {
  constructor(@Inject(NumberRepository) private readonly numbers: NumberRepository) {}

  @Get()
  @ApiOperation({ summary: 'Numbers with their settings' })
  @ApiResponse({ status: 200, standardSchema: numbersSchema })
  async list(@CurrentPrincipal() caller: Principal) {
    return { items: await this.numbers.list(caller.tenantId) };
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change the settings that are given',
    description: 'Holds for the next call. The same change twice is one change.',
  })
  @ApiResponse({ status: 200, standardSchema: numberSchema })
  @ApiResponse({ status: 404, description: '`number-not-found`', standardSchema: problemSchema })
  @ApiResponse({
    status: 422,
    description: '`unknown-group`, `unknown-agent`, `nobody-may-call`',
    standardSchema: problemSchema,
  })
  async change(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
    @Body({ schema: changeNumberSchema }) body: ChangeNumber,
  ): Promise<PhoneNumber> {
    const outcome = await this.numbers.update(caller.tenantId, id, body);
    if (typeof outcome === 'string') throw REFUSALS[outcome]();
    return outcome;
  }
}
