import { z } from 'zod';

/**
 * The most tokens, and ms of transcription, one report may contain: beyond any context window, and a day of
 * audio.
 */
export const MOST_REPORTED_TOKENS = 10_000_000;
export const MOST_REPORTED_MS = 86_400_000;

export const usageSchema = z.object({
  inputTextTokens: z.number().int().min(0),
  inputAudioTokens: z.number().int().min(0),
  /** Part of the input tokens above, never in addition to them. */
  cachedTextTokens: z.number().int().min(0),
  cachedAudioTokens: z.number().int().min(0),
  outputTextTokens: z.number().int().min(0),
  outputAudioTokens: z.number().int().min(0),
  /** Audio transcribed on the side, billed at its own rate; 0 when the provider counts it in tokens. */
  transcriptionMs: z.number().min(0).default(0),
  /** The report could not be read or believed: its figures count nothing, and the cost is a lower bound. */
  isUnknown: z.boolean().optional(),
});
export type Usage = z.infer<typeof usageSchema>;

/** The usage of a report that cannot be read or believed. */
export const UNKNOWN_USAGE: Usage = {
  inputTextTokens: 0,
  inputAudioTokens: 0,
  cachedTextTokens: 0,
  cachedAudioTokens: 0,
  outputTextTokens: 0,
  outputAudioTokens: 0,
  transcriptionMs: 0,
  isUnknown: true,
};

/** Returns false for figures that cannot be true, wherever they came from. */
export function isBelievable({ isUnknown = false, transcriptionMs, ...tokens }: Usage): boolean {
  return (
    !isUnknown &&
    transcriptionMs <= MOST_REPORTED_MS &&
    Object.values(tokens).every((count) => count <= MOST_REPORTED_TOKENS)
  );
}
