import { MOST_REPORTED_MS, MOST_REPORTED_TOKENS, UNKNOWN_USAGE, type Usage } from '@tandem/contracts';
import { z } from 'zod';

/** An absent count is 0; one that is no number makes the whole report unknown. */
const count = z
  .number()
  .int()
  .min(0)
  .max(MOST_REPORTED_TOKENS)
  .nullish()
  .transform((tokens) => tokens ?? 0);
const tokensSchema = z.object({ text_tokens: count, audio_tokens: count });
const NO_TOKENS = { text_tokens: 0, audio_tokens: 0 };

/** Usage of a response. */
export const usageSchema = z
  .object({
    input_token_details: tokensSchema.extend({ cached_tokens_details: tokensSchema.nullish() }).nullish(),
    output_token_details: tokensSchema.nullish(),
  })
  .transform(({ input_token_details, output_token_details }): Usage => {
    const input = input_token_details ?? NO_TOKENS;
    const cached = input_token_details?.cached_tokens_details ?? NO_TOKENS;
    const output = output_token_details ?? NO_TOKENS;
    return {
      inputTextTokens: input.text_tokens,
      inputAudioTokens: input.audio_tokens,
      cachedTextTokens: cached.text_tokens,
      cachedAudioTokens: cached.audio_tokens,
      outputTextTokens: output.text_tokens,
      outputAudioTokens: output.audio_tokens,
      transcriptionMs: 0,
    };
  });

const { isUnknown: _isUnknown, ...NOTHING } = UNKNOWN_USAGE;
/** Usage of a transcription: transcribers are billed by the length of the audio, or by tokens. */
export const transcriptionUsageSchema = z.discriminatedUnion('type', [
  z
    .object({
      type: z.literal('duration'),
      seconds: z
        .number()
        .min(0)
        .max(MOST_REPORTED_MS / 1000),
    })
    .transform(({ seconds }): Usage => ({ ...NOTHING, transcriptionMs: seconds * 1000 })),
  z
    .object({ type: z.literal('tokens'), output_tokens: count, input_token_details: tokensSchema.nullish() })
    .transform(({ output_tokens, input_token_details }): Usage => {
      const input = input_token_details ?? NO_TOKENS;
      return {
        ...NOTHING,
        inputTextTokens: input.text_tokens,
        inputAudioTokens: input.audio_tokens,
        outputTextTokens: output_tokens,
      };
    }),
]);
