import { freePorts } from '@tandem/stack';
import { AudioSocketServer } from './audiosocket-server.ts';
import { EdgeProcess } from './edge-process.ts';
import type { EdgeProgram } from './edge-program.ts';
import { NamedServer } from './named-server.ts';
import { NameServer } from './name-server.ts';

export const SUFFIX = '.relays.test';

/** An edge before relays, an ingress and an API that say their names, each on an address of its own. */
export class EdgeBench {
  readonly servers = new Map<string, NamedServer>();
  /** AudioSockets of relays, by the relay's name. */
  readonly audioSockets = new Map<string, AudioSocketServer>();

  private constructor(
    readonly edge: EdgeProcess,
    private readonly names: NameServer,
    private readonly port: number,
    private readonly audioSocketPort: number,
  ) {}

  static async start(
    program: EdgeProgram,
    env: Readonly<Record<string, string>> = {},
    relays = 3,
  ): Promise<EdgeBench> {
    const names = await NameServer.start();
    const [port = 0, audioSocketPort = 0] = await freePorts(2);
    names.names.set('api.test', ['127.0.2.2']);
    const edge = await EdgeProcess.start(program, {
      EDGE_DNS: names.address,
      RELAY_SUFFIX: SUFFIX,
      RELAY_PORT: String(port),
      RELAY_AUDIOSOCKET_PORT: String(audioSocketPort),
      // By address: HAProxy knows it then from its start, as it knows names of the system's name server.
      INGRESS_ADDRESS: `127.0.2.1:${port}`,
      CONTROL_API_ADDRESS: `api.test:${port}`,
      ...env,
    });
    const bench = new EdgeBench(edge, names, port, audioSocketPort);
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

  /** Starts the AudioSocket of relay-<number> and makes its name known. */
  async serveAudioSocket(number: number, address = `127.0.1.${number}`): Promise<AudioSocketServer> {
    const name = `relay-${number}`;
    this.names.names.set(`${name}${SUFFIX}`, [address]);
    const server = await AudioSocketServer.start(name, address, this.audioSocketPort);
    this.audioSockets.set(name, server);
    return server;
  }

  async stop(): Promise<void> {
    await this.edge.stop();
    for (const server of this.audioSockets.values()) server.stop();
    for (const server of this.servers.values()) server.stop();
    this.names.stop();
  }

  private async serve(name: string, address: string): Promise<NamedServer> {
    const server = await NamedServer.start(name, address, this.port);
    this.servers.set(name, server);
    return server;
  }
}
