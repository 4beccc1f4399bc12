import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePorts, isPortFree } from './free-port.ts';

describe('ports of this machine', () => {
  it('are different and free', async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    expect(await Promise.all(ports.map(isPortFree))).not.toContain(false);
  });

  it.each(['127.0.0.1', '0.0.0.0'])('are not free while a server listens on %s', async (host) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const { port } = server.address() as AddressInfo;
    const wasFree = await isPortFree(port);
    await new Promise((resolve) => server.close(resolve));
    expect(wasFree).toBe(false);
    expect(await isPortFree(port)).toBe(true);
  });
});
