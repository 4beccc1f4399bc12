import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { OpeningHoursRepository, type NumberHours } from '@tandem/database';
import { Precondition } from '@tandem/platform';
import { numberRefused } from './number-problems.ts';
import { toOpeningHoursDto } from './opening-hours.dto.ts';

/** The opening hours of a tenant's numbers. */
@Injectable()
export class OpeningHoursService {
  constructor(private readonly hours: OpeningHoursRepository) {}

  /** @throws Problem 404 */
  async get(tenantId: TenantId, numberId: string): Promise<NumberHours> {
    const hours = await this.hours.find(tenantId, numberId);
    if (!hours) throw numberRefused('not-found');
    return hours;
  }

  /** @throws Problem 404, 412 `changed-meanwhile` */
  async put(
    tenantId: TenantId,
    numberId: string,
    hours: NumberHours,
    precondition: Precondition,
  ): Promise<NumberHours> {
    const isCurrent = (before: NumberHours) => precondition.isMet(toOpeningHoursDto(before));
    const outcome = await this.hours.put(tenantId, numberId, hours, isCurrent);
    if (outcome === 'changed-meanwhile') throw Precondition.failed();
    if (outcome === 'not-found') throw numberRefused('not-found');
    return outcome;
  }
}
