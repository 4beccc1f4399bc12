import { Inject, Injectable } from '@nestjs/common';
import type { TenantId, ToolOutcome } from '@tandem/contracts';
import { CONFIG, TenantPlaces, type ServiceConfig } from '@tandem/platform';

/** Room for the tools that agents declare: the slow system of one tenant must not delay those of others. */
@Injectable()
export class OwnToolRoom {
  private readonly running = new TenantPlaces();
  private readonly share: number;

  constructor(@Inject(CONFIG) { toolConcurrency }: Pick<ServiceConfig<'tool-worker'>, 'toolConcurrency'>) {
    this.share = Math.ceil(toolConcurrency / 2);
  }

  /** Runs a tool while the tenant has room; else it has failed. */
  async run(tenantId: TenantId, work: () => Promise<ToolOutcome>): Promise<ToolOutcome> {
    if (!this.running.take(tenantId, this.share))
      return { status: 'failed', code: 'too-many-requests', retryable: true };
    try {
      return await work();
    } finally {
      this.running.give(tenantId);
    }
  }
}
