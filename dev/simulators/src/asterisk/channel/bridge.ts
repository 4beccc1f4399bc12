import type { Channel } from './channel.ts';

/**
 * Connects two channels until the second one is hung up or leaves.
 * @throws Interrupted when the first one is hung up or redirected
 */
export async function bridge(first: Channel, second: Channel): Promise<void> {
  first.bridgedWith = second;
  second.bridgedWith = first;
  first.journal.add({ kind: 'bridged', with: second.name });
  if (second.journal !== first.journal) second.journal.add({ kind: 'bridged', with: first.name });
  const separate = connectAudio(first, second);
  try {
    await first.until(Promise.race([second.gone, second.left]));
  } finally {
    separate();
    first.bridgedWith = null;
    second.bridgedWith = null;
  }
}

/** Connects a phone with a relay, whichever way round. Returns the function that parts them. */
function connectAudio(first: Channel, second: Channel): () => void {
  const line = first.far?.line ?? second.far?.line;
  const leg = first.far?.leg ?? second.far?.leg;
  if (!line || !leg) return () => undefined;
  line.connect(leg);
  return () => line.disconnect(leg);
}
