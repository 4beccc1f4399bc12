import type { Behaviour, Brain, ResponsePlan, ResponseRequest } from '@tandem/simulators';

/** What an agent answers to words of a caller. */
export const answerTo = (text: string): string => `Answer to ${text}.`;

const VERBATIM = /^\s*(?:say|speak|repeat|read)\b[\s\S]*?:\s*(?:\n)?["“]?([\s\S]+?)["”]?\s*$/i;

/**
 * A model that answers the caller's last words by name, whether it heard them itself or was given them as history: so
 * every answer tells which turn it belongs to.
 */
export const listeningModel: Behaviour = { name: 'listening', needsAudio: true, open: () => new ListeningBrain() };

class ListeningBrain implements Brain {
  respond({ ownInstructions, utterances, context }: ResponseRequest): ResponsePlan {
    const asked = VERBATIM.exec(ownInstructions ?? '')?.[1];
    if (asked !== undefined) return { steps: [{ say: asked }] };
    const words = utterances.at(-1)?.text || lastOfCaller(context);
    return { steps: [{ say: words ? answerTo(words) : 'Hello.' }] };
  }
}

function lastOfCaller(context: ResponseRequest['context']): string {
  const item = context.findLast(({ wire }) => wire['role'] === 'user');
  return item ? textOf(item.wire) : '';
}

/** The words of a conversation item, whichever way they are spelled. */
export function textOf(wire: Readonly<Record<string, unknown>>): string {
  const parts = Array.isArray(wire['content']) ? (wire['content'] as Readonly<Record<string, unknown>>[]) : [];
  return parts.map((part) => String(part['text'] ?? part['transcript'] ?? '')).join('').trim();
}
