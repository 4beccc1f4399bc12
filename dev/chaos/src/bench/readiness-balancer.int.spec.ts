import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '@tandem/stack';
import { haproxyPath, ReadinessBalancer } from './readiness-balancer.ts';

const PATIENCE_MS = 20_000;

class Replica {
  isReady = true;

  private constructor(
    readonly name: string,
    private readonly server: Server,
  ) {}

  static async start(name: string): Promise<Replica> {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/readyz' && !replica.isReady ? 503 : 200;
      response.end(name);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const replica = new Replica(name, server);
    return replica;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

(haproxyPath() === null ? describe.skip : describe)('a balancer that honours readiness', () => {
  let replicas: Replica[];
  let balancer: ReadinessBalancer;
  let port: number;

  beforeEach(async () => {
    replicas = [await Replica.start('one'), await Replica.start('two')];
    port = await freePort();
    balancer = await ReadinessBalancer.start(
      port,
      replicas.map(({ port }) => port),
    );
  });
  afterEach(async () => {
    await balancer.stop();
    for (const replica of replicas) replica.stop();
  });

  /** Returns the answers to four requests in a row. */
  const answers = async (): Promise<string> => {
    const texts: string[] = [];
    for (let asked = 0; asked < 4; asked += 1) {
      const response = await fetch(`http://127.0.0.1:${port}/twilio/voice`, { method: 'POST' });
      texts.push(response.status === 200 ? await response.text() : String(response.status));
    }
    return [...new Set(texts)].sort().join(' ');
  };
  const become = async (expected: string): Promise<void> => {
    let last = '';
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until && last !== expected;)
      last = await answers();
    expect(last).toBe(expected);
  };

  it('asks ready servers only, and answers 503 itself when none is ready', async () => {
    await become('one two');
    replicas[0]!.isReady = false;
    await become('two');
    replicas[1]!.isReady = false;
    await become('503');
    replicas[0]!.isReady = true;
    await become('one');
  }, 60_000);
});
