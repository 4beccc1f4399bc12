/** Returns the agent's answer to words of a caller: it names them, so that it tells which turn it belongs to. */
export const answerTo = (text: string): string => `Answer to ${text}.`;
