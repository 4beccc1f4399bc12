import { Injectable } from '@nestjs/common';
import type { CallId, TenantId } from '@tandem/contracts';
import { AnnotationsService } from '../annotations/annotations.service.ts';
import { toCallDetail } from '../calls/call-detail.dto.ts';
import { CallsService } from '../calls/calls.service.ts';
import { TimelineService } from './timeline.service.ts';

/** Events and turns read at a time. */
const BATCH = 2_000;

/** Everything that is stored of a call, as one JSON document. */
@Injectable()
export class CallExport {
  constructor(
    private readonly calls: CallsService,
    private readonly annotations: AnnotationsService,
    private readonly timelines: TimelineService,
  ) {}

  /** Returns the document in pieces; the call is there when this resolves. @throws Problem 404 */
  async open(tenantId: TenantId, callId: CallId): Promise<AsyncGenerator<string>> {
    const call = await this.calls.get(tenantId, callId);
    const head = {
      call: toCallDetail(call, await this.calls.analyses(tenantId, callId)),
      disposition: await this.annotations.disposition(tenantId, callId),
      ...(await this.annotations.tags(tenantId, callId)),
      notes: (await this.annotations.notes(tenantId, callId)).items,
    };
    return this.pieces(tenantId, callId, head);
  }

  private async *pieces(tenantId: TenantId, callId: CallId, head: object): AsyncGenerator<string> {
    yield `${JSON.stringify(head).slice(0, -1)},"turns":[`;
    yield* listed((cursor) => this.timelines.turns(tenantId, callId, { limit: BATCH, cursor }));
    yield '],"timeline":[';
    yield* listed((cursor) => this.timelines.events(tenantId, callId, { limit: BATCH, cursor }));
    yield ']}\n';
  }
}

/** Yields the items of all pages as the inside of a JSON array. */
async function* listed(
  page: (cursor: string | undefined) => Promise<{
    readonly items: readonly unknown[];
    readonly nextCursor: string | null;
  }>,
): AsyncGenerator<string> {
  let cursor: string | undefined;
  let separator = '';
  do {
    const { items, nextCursor } = await page(cursor);
    if (items.length > 0) yield separator + items.map((item) => JSON.stringify(item)).join(',');
    if (items.length > 0) separator = ',';
    // A log that is not stored yet has a place to go on from at its end too.
    cursor = items.length > 0 ? (nextCursor ?? undefined) : undefined;
  } while (cursor !== undefined);
}
