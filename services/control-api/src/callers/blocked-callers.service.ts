import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { BlockedCallerRepository, type BlockedCaller, type Page } from '@tandem/database';
import { Problem } from '@tandem/platform';
import type { Block, ListBlocked } from './blocked-caller.dto.ts';

/** Callers who are refused, at one number or at all. */
@Injectable()
export class BlockedCallersService {
  constructor(private readonly blocked: BlockedCallerRepository) {}

  list(tenantId: TenantId, page: ListBlocked): Promise<Page<BlockedCaller>> {
    return this.blocked.list(tenantId, page);
  }

  /** @throws Problem 422 `unknown-number` */
  async block(tenantId: TenantId, pattern: string, { numberId, note }: Block): Promise<void> {
    const outcome = await this.blocked.block(tenantId, { pattern, phoneNumberId: numberId, note });
    if (outcome === 'unknown-number')
      throw new Problem(
        422,
        'unknown-number',
        'No such number',
        'There is no phone number of ours with this numberId. Ask for the list of numbers, or leave ' +
          'numberId out to block the caller everywhere.',
      );
  }

  /** Does nothing when there is no such block. */
  unblock(tenantId: TenantId, pattern: string, numberId: string | null): Promise<void> {
    return this.blocked.unblock(tenantId, pattern, numberId);
  }
}
