import { z } from 'zod';
import type { ModelKind } from './model-kind.ts';

/** Returns a kind of model that runs in the relay: its only setting is a voice, and it costs nothing. */
export function localKind<const Name extends string>(name: Name, { voice }: { readonly voice: string }) {
  const schema = z.object({
    kind: z.literal(name),
    voice: z.string().max(40).default(voice),
  });
  const kind: ModelKind<z.infer<typeof schema>> = {
    sessionSettings: (settings) => ({ voice: settings.voice, transcriptionModel: '' }),
    remoteModel: () => null,
    runsTools: false,
    prices: [],
  };
  return { ...kind, schema };
}
