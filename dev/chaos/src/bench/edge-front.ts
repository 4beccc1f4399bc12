import { edgeProgram, EdgeProcess, NameServer } from '@tandem/commands/edge';
import { freePorts } from '@tandem/stack';
import { FaultProxy } from '../fault-proxy/fault-proxy.ts';

const INGRESSES = 'ingress.test';
const RELAY_SUFFIX = '.relays.test';

interface EdgeFrontOptions {
  /** Where the edge listens. */
  readonly port: number;
  /** Ports of the ingresses; one that is started again may have another. */
  readonly ingresses: () => readonly number[];
  readonly ingressCount: number;
  /** Port of a relay by its name; null while it has none. */
  readonly relay: (name: string) => number | null;
  readonly relayCount: number;
  /** Where the edge takes AudioSockets, and the ports of the relays' own, in their order. */
  readonly audioSockets: { readonly port: number; readonly relays: readonly number[] };
}

/**
 * The edge as it is deployed, HAProxy on `deploy/edge`, before the ingresses and relays of a fleet. Each of
 * them has a name and an address of its own, as pods have.
 */
export class EdgeFront {
  private constructor(
    private readonly edge: EdgeProcess,
    private readonly names: NameServer,
    private readonly doors: readonly FaultProxy[],
  ) {}

  /** @throws StackError when HAProxy can neither be found nor fetched, or does not start */
  static async start(options: EdgeFrontOptions): Promise<EdgeFront> {
    const { ingresses, ingressCount, relay, relayCount, audioSockets } = options;
    const names = await NameServer.start();
    const [port = 0, audioSocketPort = 0] = await freePorts(2);
    const doors: FaultProxy[] = [];
    const open = async (host: string, targets: () => readonly number[], at = port): Promise<void> => {
      doors.push(await FaultProxy.start(targets, { host, port: at }));
    };
    const addresses = Array.from({ length: ingressCount }, (_, index) => `127.0.2.${index + 1}`);
    for (const [index, address] of addresses.entries())
      await open(address, () => ingresses().slice(index, index + 1));
    names.names.set(INGRESSES, addresses);
    for (let number = 1; number <= relayCount; number += 1) {
      const name = `relay-${number}`;
      await open(`127.0.1.${number}`, () => [relay(name) ?? []].flat());
      await open(`127.0.1.${number}`, () => audioSockets.relays.slice(number - 1, number), audioSocketPort);
      names.names.set(`${name}${RELAY_SUFFIX}`, [`127.0.1.${number}`]);
    }
    const edge = await EdgeProcess.start(
      await edgeProgram('haproxy'),
      {
        EDGE_DNS: names.address,
        INGRESS_ADDRESS: `${INGRESSES}:${port}`,
        RELAY_SUFFIX,
        RELAY_PORT: String(port),
        RELAY_AUDIOSOCKET_PORT: String(audioSocketPort),
        EDGE_PBX_NETWORKS: '127.0.0.0/8',
        EDGE_AUDIOSOCKET_LISTEN: `127.0.0.1:${audioSockets.port}`,
        // All callers have one address here.
        EDGE_CONNECTIONS_PER_ADDRESS: '100000',
      },
      options.port,
    );
    return new EdgeFront(edge, names, doors);
  }

  async stop(): Promise<void> {
    await this.edge.stop();
    for (const door of this.doors) await door.stop();
    this.names.stop();
  }
}
