import {
  closedParameters,
  isSafeToRepeat,
  parserOf,
  secretNamesOf,
  type AgentSnapshot,
  type HttpTool,
  type ToolDeclaration,
} from '@tandem/contracts';
import { z } from 'zod';
import { LATE_MS, PERHAPS_DONE } from '../declared-tool.ts';

/**
 * Returns the declaration of a tool that its agent declares.
 * @param sealed the tenant's sealed secrets, by name; those the tool names go with its calls
 */
export function httpToolDeclaration(tool: HttpTool, sealed: AgentSnapshot['toolSecrets']): ToolDeclaration {
  const parameters = closedParameters(tool.parameters);
  const { refused: _refused, ...sentences } = tool.sentences;
  const needed = secretNamesOf(tool).flatMap((name) =>
    sealed[name] === undefined ? [] : [[name, sealed[name]] as const],
  );
  let parse: ToolDeclaration['parse'] | undefined;
  return {
    name: tool.name,
    description: tool.description,
    place: 'worker',
    parameters,
    cancellable: tool.cancellable ?? tool.method === 'GET',
    deadlineMs: tool.timeoutMs,
    lateMs: isSafeToRepeat(tool) ? 0 : LATE_MS,
    sentences: {
      ...(isSafeToRepeat(tool) ? {} : { failed: PERHAPS_DONE }),
      ...(Object.fromEntries(
        Object.entries(sentences).filter(([, text]) => text !== undefined),
      ) as ToolDeclaration['sentences']),
    },
    ...(tool.confirm ? { confirm: true } : {}),
    http: { tool, secrets: Object.fromEntries(needed) },
    // Made when it is needed, as it takes a millisecond. The schema keeps to what zod reads: checked when the
    // agent was published.
    parse: (input) =>
      (parse ??= parserOf(z.fromJSONSchema(parameters, { defaultTarget: 'draft-7' }) as z.ZodObject))(input),
  };
}
