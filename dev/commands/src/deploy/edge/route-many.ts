import { echoes, openStream, type EdgeAnswer } from './edge-stream.ts';
import type { EdgeBench } from './edge-bench.ts';

export interface Routed {
  readonly asked: string;
  readonly answer: EdgeAnswer;
}

/** Opens sockets to relays in turn, a few at a time, and leaves them open. */
export async function routeMany(
  bench: EdgeBench,
  relays: readonly string[],
  count: number,
  atOnce = 20,
): Promise<Routed[]> {
  const routed: Routed[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const asked = relays[next++ % relays.length] ?? '';
      routed.push({ asked, answer: await openStream(bench.edge, `/media/${asked}`) });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return routed;
}

/** How many arrived elsewhere than at the relay they named, or nowhere. */
export const misrouted = (routed: readonly Routed[]): number =>
  routed.filter(({ asked, answer }) => answer.server !== asked).length;

/** Returns the sockets that still carry bytes both ways. */
export async function alive(routed: readonly Routed[]): Promise<Routed[]> {
  const checked = await Promise.all(
    routed.map(async (each) => ({ each, isAlive: await echoes(each.answer.stream) })),
  );
  return checked.filter(({ isAlive }) => isAlive).map(({ each }) => each);
}
