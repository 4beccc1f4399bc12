import { maskJson, maskOutcome, type ToolCallId } from '@tandem/contracts';
import type { ToolCallRecord } from '@tandem/database';
import type { EventOf } from './event-of.ts';

/** Returns the tool calls, each with its first outcome, or the one that came late. */
export function foldToolCalls(
  called: readonly EventOf<'tool.called'>[],
  finished: readonly EventOf<'tool.finished'>[],
  late: readonly EventOf<'tool.finished-late'>[],
): ToolCallRecord[] {
  const outcomes = new Map<ToolCallId, EventOf<'tool.finished'>['data']>();
  for (const { data } of finished) if (!outcomes.has(data.toolCallId)) outcomes.set(data.toolCallId, data);
  for (const { data } of late) outcomes.set(data.toolCallId, data);
  return called.map(({ data }) => {
    const end = outcomes.get(data.toolCallId);
    return {
      toolCallId: data.toolCallId,
      name: data.name,
      arguments: maskJson(data.arguments),
      outcome: end ? maskOutcome(end.outcome) : null,
      startedAtMs: data.atMs,
      tookMs: end?.tookMs ?? null,
    };
  });
}
