import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { NumberRepository, type PhoneNumber } from '@tandem/database';
import { Problem } from '@tandem/platform';
import type { ChangeNumber } from './number.dto.ts';

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

/** The phone numbers of a tenant. */
@Injectable()
export class NumbersService {
  constructor(private readonly numbers: NumberRepository) {}

  list(tenantId: TenantId): Promise<PhoneNumber[]> {
    return this.numbers.list(tenantId);
  }

  /** @throws Problem 404; 422 `unknown-group`, `unknown-agent`, `nobody-may-call` */
  async change(tenantId: TenantId, id: string, change: ChangeNumber): Promise<PhoneNumber> {
    const outcome = await this.numbers.update(tenantId, id, change);
    if (typeof outcome === 'string') throw REFUSALS[outcome]();
    return outcome;
  }
}
