import type { CallEvent, ToolCallId } from '@tandem/contracts';
import type { EventOf } from '../event-of.ts';

/** Returns the tool calls of a call that is over whose outcome its caller was never told. */
export function toolsAtWork(events: readonly CallEvent[]): EventOf<'tool.called'>[] {
  if (!events.some(({ type }) => type === 'call.ended')) return [];
  const told = new Set<ToolCallId>();
  for (const event of events)
    if (event.type === 'tool.finished-late') told.add(event.data.toolCallId);
    else if (event.type === 'tool.finished' && !/^(?:cancelled|timed-out)$/.test(event.data.outcome.status))
      told.add(event.data.toolCallId);
  return events.filter(
    (event): event is EventOf<'tool.called'> =>
      event.type === 'tool.called' && !told.has(event.data.toolCallId),
  );
}

/** Returns whether the caller agreed to text messages with results; their last word counts. */
export function isTextAgreed(events: readonly CallEvent[]): boolean {
  const stated = events
    .filter((event) => event.type === 'consent.stated')
    .findLast(({ data }) => data.purpose === 'result-by-text');
  return stated?.data.state === 'granted';
}
