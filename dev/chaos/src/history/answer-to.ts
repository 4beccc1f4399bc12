/**
 * Returns the agent's answer to a caller's words. It quotes them, so every answer can be matched to its turn.
 */
export const answerTo = (text: string): string => `Answer to ${text}.`;
