/**
 * An error as it stands in a log line. An error reply of Redis brings the command with all its arguments:
 * records, and answers to the carrier with their tokens. Its name stays.
 */
export function errorFields(error: Record<string, unknown>): Record<string, unknown> {
  const { command } = error;
  if (typeof command !== 'object' || command === null) return error;
  return { ...error, command: 'name' in command ? command.name : null };
}
