import { Get, Param, Post, Query } from '@nestjs/common';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  deadLetterParametersSchema,
  deadLettersSchema,
  deadQueueParameterSchema,
  listDeadLettersSchema,
  retriedAllSchema,
  retriedSchema,
  toDeadLettersDto,
  toRetriedAll,
  type DeadLetterParameters,
  type DeadQueueParameter,
  type ListDeadLetters,
} from './dead-letter.dto.ts';
import { DeadLetters } from './dead-letters.service.ts';

@TenantController('dead-letters', ADMIN_SCOPES)
export class DeadLettersController {
  constructor(private readonly letters: DeadLetters) {}

  @Get()
  @Endpoint({
    summary: 'Jobs that have failed for good, the last one first',
    description:
      'Each has used up its attempts and stays for a day, a record of a call for two weeks. Events that ' +
      'were given up are with their endpoint: /v1/webhook-endpoints/{id}/deliveries?state=dead.',
    success: { schema: deadLettersSchema },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listDeadLettersSchema }) { queue, limit }: ListDeadLetters,
  ) {
    return toDeadLettersDto(await this.letters.list(tenantId, queue, limit));
  }

  @Post(':queue/retry')
  @Endpoint({
    summary: 'Run all failed jobs of a queue again that may, up to 500',
    success: { schema: retriedAllSchema },
  })
  async retryAll(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: deadQueueParameterSchema }) { queue }: DeadQueueParameter,
  ) {
    return toRetriedAll(await this.letters.retryAll(principal, queue));
  }

  @Post(':queue/:id/retry')
  @Endpoint({
    summary: 'Run a failed job again, with all its attempts',
    description: 'Sent again, it is refused with 404 unless the job has failed once more.',
    success: { status: 202, schema: retriedSchema },
    problems: {
      404: '`dead-letter-not-found`',
      409: '`must-not-run-again`; `reason` says why: `too-late`, `call-over` or `unreadable-job`.',
    },
  })
  async retry(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: deadLetterParametersSchema }) { queue, id }: DeadLetterParameters,
  ) {
    await this.letters.retry(principal, queue, id);
    return { queue, id };
  }
}
