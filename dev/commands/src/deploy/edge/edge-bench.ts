import { freePort } from '@tandem/stack';
import { EdgeProcess } from './edge-process.ts';
import type { EdgeProgram } from './edge-program.ts';
import { NamedServer } from './named-server.ts';
import { NameServer } from './name-server.ts';

export const SUFFIX = '.relays.test';

/** An edge before relays, an ingress and an API that say their names, each on an address of its own. */
export class EdgeBench {
  readonly servers = new Map<string, NamedServer>();

  private constructor(
    readonly edge: EdgeProcess,
    private readonly names: NameServer,
    private readonly port: number,
  ) {}

  static async start(
    program: EdgeProgram,
    env: Readonly<Record<string, string>> = {},
    relays = 3,
  ): Promise<EdgeBench> {
    const names = await NameServer.start();
    const port = await freePort();
    names.names.set('api.test', ['127.0.2.2']);
    const edge = await EdgeProcess.start(program, {
      EDGE_DNS: names.address,
      RELAY_SUFFIX: SUFFIX,
      RELAY_PORT: String(port),
      // By address: HAProxy knows it then from its start, as it knows names of the system's name server.
      INGRESS_ADDRESS: `127.0.2.1:${port}`,
      CONTROL_API_ADDRESS: `api.test:${port}`,
      ...env,
    });
    const bench = new EdgeBench(edge, names, port);
    await bench.serve('ingress', '127.0.2.1');
    await bench.serve('api', '127.0.2.2');
    for (let number = 1; number <= relays; number += 1) await bench.serveRelay(number);
    return bench;
  }

  /** Starts relay-<number> and makes its name known. */
  async serveRelay(number: number, address = `127.0.1.${number}`): Promise<NamedServer> {
    this.names.names.set(`relay-${number}${SUFFIX}`, [address]);
    return this.serve(`relay-${number}`, address);
  }

  async stop(): Promise<void> {
    await this.edge.stop();
    for (const server of this.servers.values()) server.stop();
    this.names.stop();
  }

  private async serve(name: string, address: string): Promise<NamedServer> {
    const server = await NamedServer.start(name, address, this.port);
    this.servers.set(name, server);
    return server;
  }
}
