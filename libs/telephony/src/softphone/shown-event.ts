import type { JsonValue, NewCallEvent, ToolOutcome } from '@tandem/contracts';
import type { RelayMessage, ToolShown } from '@tandem/softphone';

/** Longest arguments or result of a tool that are shown. */
const MAX_DETAILS = 2_000;

/** Returns what a caller's page shows of an event of the call; null for events that are not for callers. */
export function shownEvent({ type, data }: NewCallEvent): RelayMessage | null {
  switch (type) {
    case 'caller.spoke':
      return { type: 'said', party: 'caller', id: data.itemId, text: data.text };
    case 'agent.spoke':
      return data.text === ''
        ? null
        : {
            type: 'said',
            party: 'agent',
            id: data.itemId,
            text: data.text,
            ...(data.interrupted ? { isInterrupted: true } : {}),
          };
    case 'tool.called':
      return { ...tool(data, data.arguments), state: 'called' };
    case 'tool.finished':
    case 'tool.finished-late':
      return { ...tool(data, resultOf(data.outcome)), state: data.outcome.status };
    case 'language.changed':
      return { type: 'note', text: `The agent now speaks ${data.language}.` };
    case 'transfer.asked':
      return { type: 'note', text: `The agent puts the call through to ${data.department}.` };
    case 'model.moved':
      return { type: 'note', text: `The conversation goes on with another model session (${data.why}).` };
    case 'call.ended':
      return { type: 'ended', reason: data.termination.reason };
    default:
      return null;
  }
}

function tool(
  { toolCallId, name }: { readonly toolCallId: string; readonly name: string },
  details: JsonValue | undefined,
): Omit<ToolShown, 'state'> {
  const text = details === undefined ? '' : JSON.stringify(details);
  return {
    type: 'tool',
    id: toolCallId,
    name,
    ...(text === '' ? {} : { details: text.slice(0, MAX_DETAILS) }),
  };
}

function resultOf(outcome: ToolOutcome): JsonValue | undefined {
  if (outcome.status === 'ok') return outcome.value;
  if (outcome.status === 'refused') return outcome.detail;
  return outcome.status === 'failed' ? outcome.code : undefined;
}
