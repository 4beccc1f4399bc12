import type { Behaviour, ResponseRequest, ResponsePlan } from '@tandem/simulators';

/** Three seconds of speech, so that there is a middle to cut it in. */
const ANSWER = 'Of course, I have written that down for you just now.';
export const TOOL = 'take_note';

/**
 * A model that reads its conversation: it calls its tool, if any, once for each turn of the caller, and
 * answers.
 */
export function sensibleModel(): Behaviour {
  return { name: 'sensible', needsAudio: false, open: () => ({ respond }) };
}

function respond({ ownInstructions, context, tools }: ResponseRequest): ResponsePlan {
  if (ownInstructions !== null)
    return { steps: [{ say: ownInstructions.slice(ownInstructions.lastIndexOf('\n') + 1) }] };
  const items = context.map(({ wire }) => wire);
  const since = items.slice(items.findLastIndex((item) => item['role'] === 'user') + 1);
  if (tools.length === 0 || since.some(({ type }) => type === 'function_call_output'))
    return { steps: [{ say: ANSWER }] };
  if (since.some(({ type }) => type === 'function_call')) return { steps: [{ say: 'One moment, please.' }] };
  return { steps: [{ call: TOOL, arguments: {} }] };
}
