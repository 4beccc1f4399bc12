import { edgeProgram, EdgeBench, alive, misrouted, routeMany, type EdgeKind } from '@tandem/commands/edge';

const RELAYS = ['relay-1', 'relay-2', 'relay-3'];
const CALLS = 1_000;

interface EdgeFigures {
  readonly kind: EdgeKind;
  readonly calls: number;
  readonly misrouted: number;
  /** How many carry bytes both ways after all are open, after a reload, and after a relay is killed. */
  readonly alive: number;
  readonly aliveAfterReload: number;
  readonly aliveAfterKill: number;
  readonly expectedAfterKill: number;
  readonly seconds: number;
}

/** Opens 1,000 sockets over three relays through a real edge, reloads it, and kills a relay. */
export async function benchEdge(kind: EdgeKind): Promise<EdgeFigures> {
  const bench = await EdgeBench.start(await edgeProgram(kind), {
    EDGE_CONNECTIONS_PER_ADDRESS: String(CALLS * 10),
  });
  try {
    const begunAt = Date.now();
    const routed = await routeMany(bench, RELAYS, CALLS);
    const seconds = (Date.now() - begunAt) / 1000;
    const open = (await alive(routed)).length;
    bench.edge.reload();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const afterReload = (await alive(routed)).length;
    bench.servers.get('relay-2')?.stop();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return {
      kind,
      calls: CALLS,
      misrouted: misrouted(routed),
      alive: open,
      aliveAfterReload: afterReload,
      aliveAfterKill: (await alive(routed)).length,
      expectedAfterKill: routed.filter(({ asked }) => asked !== 'relay-2').length,
      seconds,
    };
  } finally {
    await bench.stop();
  }
}
