import { Body, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import type { PhoneNumber, Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  IfMatch,
  onceFor,
  Tagged,
  TenantController,
  type IdParameter,
  type Precondition,
  type Principal,
} from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  changeNumberSchema,
  createNumberSchema,
  numberSchema,
  numbersSchema,
  type ChangeNumber,
  type CreateNumber,
} from './number.dto.ts';
import { NumbersService } from './numbers.service.ts';

const UNKNOWN = '`unknown-group`, `unknown-agent`, `nobody-may-call`';

/** The phone numbers of a tenant, and how their calls are taken. */
@TenantController('numbers', ADMIN_SCOPES)
export class NumbersController {
  constructor(private readonly numbers: NumbersService) {}

  @Get()
  @Endpoint({ summary: 'Numbers with their settings', success: { schema: numbersSchema } })
  async list(@CurrentPrincipal() { tenantId }: Principal) {
    return { items: await this.numbers.list(tenantId) };
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Add a number',
    description:
      'It is open round the clock until it is given opening hours, and rings here as soon as its carrier ' +
      'sends its calls.',
    success: { status: 201, schema: numberSchema },
    problems: {
      409: '`number-exists`: in this installation, yours or not.',
      422: `${UNKNOWN}, \`too-many-numbers\``,
    },
  })
  create(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: createNumberSchema }) body: CreateNumber,
  ) {
    return onceFor(body, (transaction: Transaction) => this.numbers.create(transaction, tenantId, body));
  }

  @Get(':id')
  @Tagged()
  @Endpoint({
    summary: 'One number',
    success: { schema: numberSchema },
    problems: { 404: '`number-not-found`' },
  })
  get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<PhoneNumber> {
    return this.numbers.get(tenantId, id);
  }

  @Patch(':id')
  @Tagged({ change: true })
  @Endpoint({
    summary: 'Change the given settings',
    description: 'Applies from the next call on.',
    success: { schema: numberSchema },
    problems: { 404: '`number-not-found`', 422: `${UNKNOWN}, \`never-open\`` },
  })
  change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @IfMatch() precondition: Precondition,
    @Body({ schema: changeNumberSchema }) body: ChangeNumber,
  ): Promise<PhoneNumber> {
    return this.numbers.change(tenantId, id, body, precondition);
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Remove a number',
    description:
      'With its opening hours and the callers who are blocked at it. Running calls go on, and calls stay ' +
      'on record.',
    success: { status: 204, description: 'Also when it was not there.' },
  })
  async delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.numbers.delete(tenantId, id);
  }
}
