import { Injectable } from '@nestjs/common';
import { CallStore, RunningLog, type LogPlace } from '@tandem/call-state';
import type { CallEvent, CallId, TenantId } from '@tandem/contracts';
import { CallRepository, TimelineRepository } from '@tandem/database';
import { Problem } from '@tandem/platform';
import { fromRedis } from '../calls/from-redis.ts';
import type { ReadTimeline, ReadTurns } from './timeline.dto.ts';
import { toTimelineEvent, type TimelineEvent } from './timeline-event.dto.ts';
import { saidIn, turnsOf, type Said, type Turn } from './turns.ts';

export interface Part<Item> {
  readonly callId: CallId;
  readonly isLive: boolean;
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** More than a call may log. */
const ALL = 100_000;

/** The events of calls: of one that is running from Redis, of one that is stored from Postgres. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly timelines: TimelineRepository,
    private readonly calls: CallRepository,
    private readonly store: CallStore,
    private readonly running: RunningLog,
  ) {}

  /** @throws Problem 404; DependencyUnavailable when Redis is away */
  async events(
    tenantId: TenantId,
    callId: CallId,
    { cursor, limit }: ReadTimeline,
  ): Promise<Part<TimelineEvent>> {
    const after = placeOf(cursor);
    const stored = await this.timelines.read(tenantId, callId, after.sequence, limit);
    const admittedAt = stored?.admittedAt.getTime();
    if (!stored || stored.length === 0) {
      const live = await this.live(tenantId, callId);
      if (live) return this.runningEvents(callId, live, after, limit);
      if (!stored) throw notFound();
    }
    const last = stored.events.at(-1)?.sequence ?? stored.length;
    return {
      callId,
      isLive: false,
      items: stored.events.map(({ sequence, event }) => toTimelineEvent(sequence, event, admittedAt ?? 0)),
      nextCursor: last < stored.length ? String(last) : null,
    };
  }

  /** @throws Problem 404; DependencyUnavailable when Redis is away */
  async turns(tenantId: TenantId, callId: CallId, { cursor, limit }: ReadTurns): Promise<Part<Turn>> {
    const after = Number(cursor ?? 0);
    const { isLive, turns } = await this.allTurns(tenantId, callId);
    const nextCursor = after + limit < turns.length ? String(after + limit) : null;
    return { callId, isLive, items: turns.slice(after, after + limit), nextCursor };
  }

  private async allTurns(
    tenantId: TenantId,
    callId: CallId,
  ): Promise<{ readonly isLive: boolean; readonly turns: readonly Turn[] }> {
    const call = await this.calls.get(tenantId, callId);
    if (!call) return this.runningTurns(tenantId, callId);
    const unheard = await this.timelines.unheard(tenantId, callId);
    const said = call.utterances.map((utterance, index): Said => ({
      ...utterance,
      unheard: unheard.get(index + 1) ?? null,
    }));
    const stored = await this.timelines.read(tenantId, callId, 0, ALL);
    const events = stored?.events.map(({ event }) => event) ?? [];
    return { isLive: false, turns: turnsOf(said, call.toolCalls, events) };
  }

  private async runningTurns(tenantId: TenantId, callId: CallId) {
    const live = await this.live(tenantId, callId);
    if (!live) throw notFound();
    const { events } = await fromRedis(this.store.events(callId));
    return { isLive: live.isLive, turns: turnsOf(saidIn(events), toolsIn(events), events) };
  }

  private async runningEvents(
    callId: CallId,
    { isLive, admittedAt }: { readonly isLive: boolean; readonly admittedAt: number },
    after: LogPlace,
    limit: number,
  ): Promise<Part<TimelineEvent>> {
    const { events, end } = await fromRedis(this.running.read(callId, after, limit));
    return {
      callId,
      isLive,
      items: events.map(({ sequence, event }) => toTimelineEvent(sequence, event, admittedAt)),
      nextCursor: cursorOf(end),
    };
  }

  /** Returns null when Redis does not have this call, or has it of another tenant. */
  private async live(
    tenantId: TenantId,
    callId: CallId,
  ): Promise<{ readonly isLive: boolean; readonly admittedAt: number } | null> {
    const state = await fromRedis(this.store.state(callId));
    if (state?.tenantId !== tenantId) return null;
    const admittedAt = (await fromRedis(this.running.admittedAt(callId))) ?? state.admittedAt;
    return { isLive: state.phase !== 'ended', admittedAt };
  }
}

function placeOf(cursor: string | undefined): LogPlace {
  const [sequence = '0', entryId = null] = cursor?.split('_') ?? [];
  return { sequence: Number(sequence), entryId };
}

const cursorOf = ({ sequence, entryId }: LogPlace): string =>
  entryId === null ? String(sequence) : `${sequence}_${entryId}`;

const toolsIn = (events: readonly CallEvent[]) =>
  events.flatMap(({ type, data }) =>
    type === 'tool.called' ? [{ toolCallId: data.toolCallId, startedAtMs: data.atMs }] : [],
  );

const notFound = (): Problem =>
  new Problem(404, 'call-not-found', 'No such call', 'There is no call of this id, running or ended.');
