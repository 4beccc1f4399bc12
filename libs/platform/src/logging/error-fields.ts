/**
 * Returns the fields of an error that may be logged. An error reply of Redis carries the command with all its
 * arguments (call records, responses to the carrier with their tokens): only the name of the command stays.
 */
export function errorFields(error: Record<string, unknown>): Record<string, unknown> {
  const { command } = error;
  if (typeof command !== 'object' || command === null) return error;
  return { ...error, command: 'name' in command ? command.name : null };
}
