import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { choosePorts, type Ports } from './ports.ts';

const SERVICES = [
  'call-ingress',
  'media-relay',
  'crm-api',
  'control-api',
  'tool-worker',
  'post-call-worker',
] as const;

/** From the system: those that `freePort` hands out are never preferred again. */
async function somePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

describe('the ports of a stack', () => {
  let other: Server;
  let taken: number;
  let usual: Record<(typeof SERVICES)[number], number>;
  let lines: string[];

  beforeAll(async () => {
    other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    taken = (other.address() as AddressInfo).port;
  });
  afterAll(() => void other.close());
  beforeEach(async () => {
    lines = [];
    const free = await somePorts(SERVICES.length);
    usual = Object.fromEntries(SERVICES.map((name, index) => [name, free[index]])) as typeof usual;
  });
  const choose = (env: Record<string, string> = {}): Promise<Ports> =>
    choosePorts({ env, relays: 1, log: (line) => lines.push(line), usual });

  it('are the usual ones where they are free', async () => {
    const { relays, ...others } = await choose();
    expect({ ...others, 'media-relay': relays[0] }).toEqual(usual);
    expect(lines).toEqual([]);
  });

  it('move when a usual one is taken, and it is said where to and by whom', async () => {
    usual['control-api'] = taken;
    const ports = await choose();
    expect(ports['control-api']).not.toBe(taken);
    expect(lines).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Port ${taken} of control-api is in use by .*process ${process.pid}.*: control-api listens ` +
            `on ${ports['control-api']}. Set CONTROL_API_PORT`,
        ),
      ),
    ]);
  });

  it.each([
    ['call-ingress', 'PUBLIC_BASE_URL'],
    ['media-relay', 'PUBLIC_MEDIA_URL'],
  ] as const)('do not move from under a public address: %s', async (service, name) => {
    usual[service] = taken;
    await expect(choose({ [name]: 'https://voice.example.com' })).rejects.toThrow(
      new RegExp(
        `Port ${taken} of ${service} is in use by .*process ${process.pid}.*, and ${name} leads to it`,
      ),
    );
    // Another program may take one of the others meanwhile.
    expect(lines.filter((line) => line.includes(` of ${service} `))).toEqual([]);
  });

  it('that were set have to be free, and all that are not are named', async () => {
    const asked = choose({ CALL_INGRESS_PORT: String(taken), CRM_API_PORT: String(taken) });
    await expect(asked).rejects.toThrow(
      /of call-ingress .*and CALL_INGRESS_PORT names it\.\nPort \d+ of crm-api .*and CRM_API_PORT names it/,
    );
  });
});
