import type { Behaviour, Brain } from './behaviour.ts';

/** Returns a behaviour that answers with a steady tone: the cheapest audio, for load. */
export function tone(options: { readonly toneMs?: number; readonly firstByteMs?: number } = {}): Behaviour {
  const plan = {
    steps: [{ say: 'tone', toneMs: options.toneMs ?? 3000 }],
    ...(options.firstByteMs === undefined ? {} : { firstByteMs: options.firstByteMs }),
  };
  const brain: Brain = { respond: () => plan };
  return { name: 'tone', needsAudio: false, open: () => brain };
}
