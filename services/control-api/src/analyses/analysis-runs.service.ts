import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  AnalysisRunRepository,
  MAX_OPEN_RUNS,
  MAX_RUN_CALLS,
  type AnalysisRun,
  type Page,
  type PageRequest,
  type Transaction,
} from '@tandem/database';
import { Problem } from '@tandem/platform';
import { toSelection, type CreateRun } from './analysis-run.dto.ts';

/** Runs: requests for analyses of past calls. */
@Injectable()
export class AnalysisRuns {
  constructor(private readonly runs: AnalysisRunRepository) {}

  /** @throws Problem 409 `too-many-runs`; 422 `too-many-calls` */
  async create(transaction: Transaction, tenantId: TenantId, body: CreateRun): Promise<AnalysisRun> {
    const selection = toSelection(body);
    const created = await this.runs.create(transaction, tenantId, {
      selection,
      settings: body.afterCall ?? null,
    });
    if (created === 'too-many-runs')
      throw new Problem(
        409,
        'too-many-runs',
        'Too many runs are under way',
        `${MAX_OPEN_RUNS} runs may be under way. Wait until one has finished, or cancel one.`,
      );
    if (created === 'too-many-calls')
      throw new Problem(
        422,
        'too-many-calls',
        'Too many calls',
        `A run takes ${MAX_RUN_CALLS} calls. Choose a shorter period, and ask for the rest in another run.`,
      );
    return created;
  }

  list(tenantId: TenantId, page: PageRequest): Promise<Page<AnalysisRun>> {
    return this.runs.list(tenantId, page);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<AnalysisRun> {
    const run = await this.runs.find(tenantId, id);
    if (!run) throw runNotFound();
    return run;
  }

  /** @throws Problem 404 */
  async cancel(transaction: Transaction, tenantId: TenantId, id: string): Promise<AnalysisRun> {
    const run = await this.runs.cancel(transaction, tenantId, id);
    if (!run) throw runNotFound();
    return run;
  }
}

const runNotFound = () =>
  new Problem(404, 'run-not-found', 'No such run', 'There is no run of this id. Ask for the list.');
