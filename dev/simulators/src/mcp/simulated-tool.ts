import { Ajv } from 'ajv';

export interface SimulatedToolResult {
  readonly content: readonly Record<string, unknown>[];
  readonly structuredContent?: Record<string, unknown>;
  readonly isError?: boolean;
}

/** A tool of a simulated server. */
export interface SimulatedTool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema: Record<string, unknown>;
  readonly outputSchema?: Record<string, unknown>;
  readonly run: (input: Record<string, unknown>) => SimulatedToolResult;
}

const ajv = new Ajv({ strict: false });

/** Returns what is wrong with the arguments of a tool; null for nothing. */
export function problemOfInput({ inputSchema }: SimulatedTool, input: unknown): string | null {
  const isValid = ajv.validate(inputSchema, input);
  return isValid ? null : ajv.errorsText();
}
