import { Body, Get, Param, Post, Query } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  onceFor,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  createRunSchema,
  listRunsSchema,
  runPageSchema,
  runSchema,
  toRunDto,
  toRunPage,
  type CreateRun,
  type ListRuns,
} from './analysis-run.dto.ts';
import { AnalysisRuns } from './analysis-runs.service.ts';

const NOT_FOUND = '`run-not-found`';

/** Runs: past calls are analysed, again or with other settings. */
@TenantController('call-analyses', ADMIN_SCOPES)
export class AnalysisRunsController {
  constructor(private readonly runs: AnalysisRuns) {}

  @Get()
  @Endpoint({ summary: 'Runs, newest first', success: { schema: runPageSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listRunsSchema }) query: ListRuns,
  ) {
    return toRunPage(await this.runs.list(tenantId, query));
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Analyse past calls',
    description:
      'Makes an analysis of each call by the settings of its agent at the time, or by `afterCall`. A call ' +
      'that has one of these settings by a model keeps it. Runs come after fresh calls and leave no ' +
      'messages for the staff. docs/after-call.md',
    success: { status: 201, schema: runSchema },
    problems: { 409: '`too-many-runs`', 422: '`too-many-calls`' },
  })
  create(@CurrentPrincipal() { tenantId }: Principal, @Body({ schema: createRunSchema }) body: CreateRun) {
    return onceFor(body, async (transaction: Transaction) =>
      toRunDto(await this.runs.create(transaction, tenantId, body)),
    );
  }

  @Get(':id')
  @Endpoint({
    summary: 'One run and how far it is',
    success: { schema: runSchema },
    problems: { 404: NOT_FOUND },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toRunDto(await this.runs.get(tenantId, id));
  }

  @Post(':id/cancel')
  @Idempotent()
  @Endpoint({
    summary: 'Cancel what waits of a run; results stay',
    success: { schema: runSchema },
    problems: { 404: NOT_FOUND },
  })
  cancel(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, async (transaction: Transaction) =>
      toRunDto(await this.runs.cancel(transaction, tenantId, id)),
    );
  }
}
