import { z } from 'zod';
import type { ModelKind } from './model-kind.ts';

export const guidedSchema = z.object({
  kind: z.literal('guided'),
  voice: z.string().max(40).default('slt'),
});

/** The keyless engine: it runs in the relay and costs nothing. */
export const guided: ModelKind<z.infer<typeof guidedSchema>> = {
  sessionSettings: ({ voice }) => ({ voice, transcriptionModel: '' }),
  remoteModel: () => null,
  prices: [],
};
