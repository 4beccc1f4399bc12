import { Get, Param, Query } from '@nestjs/common';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { callParameterSchema, type CallParameter } from '../calls/call.dto.ts';
import {
  readTimelineSchema,
  readTurnsSchema,
  timelineSchema,
  turnsSchema,
  type ReadTimeline,
  type ReadTurns,
} from './timeline.dto.ts';
import { TimelineService } from './timeline.service.ts';

const NOT_FOUND = { 404: '`call-not-found`' };

/** Events and turns of calls, running and ended. */
@TenantController('calls', { read: 'transcripts:read' satisfies ApiScope })
export class TimelineController {
  constructor(private readonly timelines: TimelineService) {}

  @Get(':callId/timeline')
  @Endpoint({
    summary: 'The events of a call, in their order',
    description:
      'Of a running call as of an ended one. Keys that were pressed are there without the key. A call that ' +
      'was stored before timelines were kept has no events, nor has a refused one.',
    success: { schema: timelineSchema },
    problems: NOT_FOUND,
  })
  events(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
    @Query({ schema: readTimelineSchema }) query: ReadTimeline,
  ) {
    return this.timelines.events(tenantId, callId, query);
  }

  @Get(':callId/turns')
  @Endpoint({
    summary: 'The turns of a call: what each party said, and how long the caller waited',
    description: 'Of a running call as of an ended one.',
    success: { schema: turnsSchema },
    problems: NOT_FOUND,
  })
  turns(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
    @Query({ schema: readTurnsSchema }) query: ReadTurns,
  ) {
    return this.timelines.turns(tenantId, callId, query);
  }
}
