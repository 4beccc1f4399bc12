import { MAX_ARGUMENTS_LENGTH, type JsonValue, type ToolDeclaration } from '@tandem/contracts';

/** Why a tool call was refused before it was carried out; `detail` is for the model. */
export interface Refusal {
  readonly ok: false;
  readonly reason: string;
  readonly detail: string;
}

/** Parses the model's arguments and checks them against the tool's declaration. */
export function checkArguments(
  tool: ToolDeclaration,
  argumentsJson: string,
): { readonly ok: true; readonly value: JsonValue } | Refusal {
  if (argumentsJson.length > MAX_ARGUMENTS_LENGTH)
    return badArguments('The arguments are too long. Call again with less.');
  let input: unknown;
  try {
    input = JSON.parse(argumentsJson || '{}');
  } catch {
    return badArguments('The arguments are not valid JSON. Call again with a JSON object.');
  }
  const parsed = tool.parse(input);
  if (!parsed.ok) return badArguments(`Wrong arguments: ${parsed.problem}. Call again with these corrected.`);
  return { ok: true, value: parsed.value as JsonValue };
}

/** Returns the refusal of a tool that is not among these. */
export function unknownTool(known: Iterable<string>): Refusal {
  const names = [...known].join(', ') || 'none';
  return { ok: false, reason: 'unknown-tool', detail: `There is no tool of this name. Tools: ${names}.` };
}

const badArguments = (detail: string): Refusal => ({ ok: false, reason: 'bad-arguments', detail });
