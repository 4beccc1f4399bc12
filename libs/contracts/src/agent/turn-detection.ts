import { z } from 'zod';

const vadSchemas = [
  z.object({
    kind: z.literal('server-vad'),
    /** Loudness gate, 0 to 1; higher suits noisy lines. */
    threshold: z.number().min(0).max(1).default(0.5),
    /** Audio kept from before the detected start. */
    prefixPaddingMs: z.number().int().min(0).max(2000).default(300),
    /** Silence that ends a turn. */
    silenceMs: z.number().int().min(100).max(5000).default(500),
  }),
  z.object({
    kind: z.literal('semantic-vad'),
    /** Longest wait is 8, 4 and 2 s for low, medium and high; auto is medium. */
    eagerness: z.enum(['low', 'medium', 'high', 'auto']).default('auto'),
  }),
] as const;
/** A turn detection spelled out. */
export const detectionSchema = z.discriminatedUnion('kind', vadSchemas);

/**
 * How the end of the caller's speech is detected. `server-vad` listens for silence, `semantic-vad` for a
 * finished thought. Figures are OpenAI's (turn_detection of the Realtime session); other models map those
 * they support.
 */
export type TurnDetection = z.infer<typeof detectionSchema>;

/** Ready-made answers to "how patient shall it be?". */
const TURN_PRESETS = {
  /** Short exchanges: numbers, yes and no. Cuts in on people who think aloud. */
  fast: { kind: 'server-vad', threshold: 0.5, prefixPaddingMs: 200, silenceMs: 300 },
  /** People who look for words, or describe a problem. */
  thoughtful: { kind: 'semantic-vad', eagerness: 'low' },
  /** Streets, workshops, cars: louder speech counts, short dips do not. */
  noisy: { kind: 'server-vad', threshold: 0.75, prefixPaddingMs: 400, silenceMs: 700 },
} as const satisfies Record<string, TurnDetection>;
type TurnPreset = keyof typeof TURN_PRESETS;

/** A turn detection spelled out, or by the name of a preset; read as the former. */
export const turnDetectionSchema = z.union([
  detectionSchema,
  z
    .object({
      kind: z.literal('preset'),
      preset: z.enum(Object.keys(TURN_PRESETS) as [TurnPreset, ...TurnPreset[]]),
    })
    .transform(({ preset }): TurnDetection => TURN_PRESETS[preset]),
]);
