import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { selfSigned, signedBy, type Certificate } from '../../testing/self-signed.ts';
import { EdgeBench } from './edge-bench.ts';
import { edgeProgramHere, type EdgeKind } from './edge-program.ts';
import { ask, openStream, type EdgeAnswer, type EdgeTarget } from './edge-stream.ts';
import { alive, misrouted, routeMany } from './route-many.ts';

jest.setTimeout(120_000);

const KINDS: readonly EdgeKind[] = ['haproxy', 'nginx'];
const PROGRAMS = new Map(
  await Promise.all(KINDS.map(async (kind) => [kind, await edgeProgramHere(kind)] as const)),
);
const RELAYS = ['relay-1', 'relay-2', 'relay-3'];
const SOCKETS = 240;
const PATIENCE_MS = 15_000;
const VOICE = { path: '/twilio/voice', method: 'POST', body: 'a=1', headers: { 'content-length': '3' } };
const QUESTION = { ...VOICE, path: '/asterisk/calls' };

/** Asks again until the expected status comes; returns the last one. */
async function settled(expected: number, attempt: () => Promise<EdgeAnswer>): Promise<number> {
  let last = 0;
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until && last !== expected; await sleep(50))
    last = (await attempt()).status;
  return last;
}

/** Statuses, or "cut" where the edge ended the connection without one. */
async function statusOf(target: EdgeTarget, path = VOICE.path): Promise<number | 'cut'> {
  return path === VOICE.path
    ? ask(target, VOICE).then(
        ({ status }) => status,
        () => 'cut' as const,
      )
    : ask(target, { path }).then(
        ({ status }) => status,
        () => 'cut' as const,
      );
}

for (const kind of KINDS) {
  const program = PROGRAMS.get(kind) ?? null;
  (program === null ? describe.skip : describe)(`${kind} as the edge`, () => {
    let bench: EdgeBench;
    const start = async (env: Record<string, string> = {}) => {
      bench = await EdgeBench.start(program!, env);
      await settled(200, () => ask(bench.edge, VOICE));
    };

    describe('at its doors', () => {
      beforeAll(() => start());
      afterAll(() => bench.stop());

      it.each([
        ['/media/relay-9', [502, 503]],
        ['/media/relay-1/', [404]],
        ['/media/relay-12345', [404]],
        ['/media/evil.example.com', [404]],
        ['/media/127.0.0.1', [404]],
        ['/media/relay-1.evil.example.com', [404]],
        ['/media/relay-1/chan-websocket/', [404]],
        ['/media/relay-1/chan-websocket/x', [404]],
        ['/media/relay-1/evil.example.com', [404]],
        ['/media/relay-1%2f..%2frelay-2', [404]],
        ['/media/', [404]],
        ['/media', [404]],
      ])('leads nowhere from %s', async (path, statuses) => {
        const { status, server } = await openStream(bench.edge, path);
        expect(statuses).toContain(status);
        expect(server).toBeNull();
      });

      it('leads to the relay for each kind of stream', async () => {
        const { status, server, stream } = await openStream(bench.edge, '/media/relay-2/chan-websocket');
        expect([status, server]).toEqual([101, 'relay-2']);
        stream?.destroy();
      });

      it.each([
        [{ path: '/media/relay-1' }, 400],
        [{ path: '/metrics' }, 404],
        [{ path: '/healthz' }, 404],
        [{ path: '/readyz' }, 404],
        [{ path: '/' }, 404],
        [{ path: '/twilio/voice' }, 405],
        [{ path: '/twilio/voice', method: 'POST', headers: { 'content-length': '65537' } }, 413],
        [{ path: '/twilio/voice', method: 'POST', headers: { 'transfer-encoding': 'chunked' } }, 411],
        [{ path: '/v1/calls', method: 'POST', headers: { 'content-length': '262145' } }, 413],
      ])('answers %j itself with %s', async (wanted, status) => {
        expect(await ask(bench.edge, wanted)).toMatchObject({ status, server: null });
      });
    });

    describe('in plain HTTP', () => {
      beforeEach(() => start());
      afterEach(() => bench.stop());

      it('brings every socket to the relay it names, and keeps it when others are killed', async () => {
        const routed = await routeMany(bench, RELAYS, SOCKETS);
        expect(misrouted(routed)).toBe(0);
        expect(await alive(routed)).toHaveLength(SOCKETS);
        bench.servers.get('relay-2')!.stop();
        const others = routed.filter(({ asked }) => asked !== 'relay-2');
        let left = await alive(routed);
        for (const until = Date.now() + PATIENCE_MS; Date.now() < until && left.length > others.length;)
          left = await alive(routed);
        expect(left).toEqual(others);
        expect((await openStream(bench.edge, '/media/relay-2')).status).toBeGreaterThanOrEqual(502);
        await bench.serveRelay(2);
        expect(await settled(101, () => openStream(bench.edge, '/media/relay-2'))).toBe(101);
      });

      it('reaches a relay that appears, without a reload', async () => {
        expect((await openStream(bench.edge, '/media/relay-4')).status).toBeGreaterThanOrEqual(502);
        await bench.serveRelay(4);
        expect(await settled(101, () => openStream(bench.edge, '/media/relay-4'))).toBe(101);
      });

      it('reaches a relay that has an address of IPv6 only', async () => {
        await bench.serveRelay(5, '::1');
        expect(await settled(101, () => openStream(bench.edge, '/media/relay-5'))).toBe(101);
      });

      it('is reloaded under live sockets, new sockets and webhooks, and drops none', async () => {
        const before = await routeMany(bench, RELAYS, 60);
        const webhooks: (number | 'cut')[] = [];
        let isOver = false;
        const asking = (async () => {
          while (!isOver) {
            webhooks.push(await statusOf(bench.edge));
            await sleep(20); // Faster ones would be refused as too many from one address.
          }
        })();
        bench.edge.reload();
        const during = await routeMany(bench, RELAYS, 120, 4);
        await sleep(1_500);
        isOver = true;
        await asking;
        expect(misrouted(during)).toBe(0);
        expect(await alive([...before, ...during])).toHaveLength(180);
        expect(new Set(webhooks)).toEqual(new Set([200]));
      });

      it('writes paths and no queries to its log, also of what fails', async () => {
        await ask(bench.edge, { ...VOICE, path: '/twilio/voice?From=%2B12025550123' });
        await ask(bench.edge, {
          path: '/v1/contacts?phone=%2B12025550123',
          headers: { cookie: 'From=12025550123' },
        });
        const { stream } = await openStream(bench.edge, '/media/relay-1?ticket=12025550123');
        stream?.destroy();
        await openStream(bench.edge, '/media/relay-9?ticket=12025550123');
        bench.servers.get('ingress')!.stop();
        await ask(bench.edge, { ...VOICE, path: '/twilio/voice?From=%2B12025550123' });
        await sleep(500);
        for (const path of ['/twilio/voice', '/v1/contacts', '/media/relay-1', '/media/relay-9'])
          expect(bench.edge.output).toContain(path);
        expect(bench.edge.output).not.toContain('12025550123');
      });
    });

    it('bounds what one address asks of the API', async () => {
      await start({ EDGE_API_REQUESTS_PER_ADDRESS: '10' });
      const statuses: (number | 'cut')[] = [];
      for (let asked = 0; asked < 30; asked += 1) statuses.push(await statusOf(bench.edge, '/v1/calls'));
      expect(statuses[0]).toBe(200);
      expect(statuses).toContain(429);
      expect(await statusOf(bench.edge)).toBe(200);
      await bench.stop();
    });

    it('brings questions of a PBX to an ingress, from its own networks', async () => {
      await start({ EDGE_PBX_NETWORKS: '10.0.0.0/8 127.0.0.0/8' });
      expect(await ask(bench.edge, QUESTION)).toMatchObject({ status: 200, server: 'ingress' });
      expect(await ask(bench.edge, { path: QUESTION.path })).toMatchObject({ status: 405, server: null });
      await bench.stop();
      await start({ EDGE_PBX_NETWORKS: '10.0.0.0/8 192.168.0.0/16' });
      expect(await ask(bench.edge, QUESTION)).toMatchObject({ status: 403, server: null });
      await bench.stop();
      await start();
      expect(await ask(bench.edge, QUESTION)).toMatchObject({ status: 404, server: null });
      await bench.stop();
    });

    it('keeps hosts apart where they are set', async () => {
      await start({
        VOICE_HOST: 'voice.example.com',
        MEDIA_HOST: 'media.example.com',
        API_HOST: 'api.example.com',
      });
      const { port } = bench.edge;
      expect(await statusOf({ port, host: 'voice.example.com' })).toBe(200);
      expect(await statusOf({ port, host: 'api.example.com' })).toBe(404);
      expect(await statusOf({ port, host: 'api.example.com' }, '/v1/calls')).toBe(200);
      expect(await statusOf({ port, host: 'voice.example.com' }, '/v1/calls')).toBe(404);
      expect((await openStream({ port, host: 'media.example.com' }, '/media/relay-1')).status).toBe(101);
      expect((await openStream({ port, host: 'voice.example.com' }, '/media/relay-1')).status).toBe(404);
      await bench.stop();
    });

    describe('with TLS', () => {
      const host = 'voice.example.com';
      let folder: string;
      let authority: Certificate;
      let client: Certificate;
      let files: Record<string, string>;

      beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), 'tandem-edge-tls-'));
        authority = selfSigned('Tandem test authority');
        client = signedBy(authority, 'Tandem test authority', 'client.example.com');
        const own = signedBy(authority, 'Tandem test authority', host);
        files = { EDGE_CERTIFICATE: join(folder, 'tls.pem') };
        writeFileSync(join(folder, 'tls.pem'), `${own.cert}${own.key}`);
        writeFileSync(join(folder, 'ca.pem'), authority.cert);
      });
      afterAll(() => rmSync(folder, { recursive: true }));
      afterEach(() => bench.stop());

      const begin = async (env: Record<string, string>) => {
        bench = await EdgeBench.start(program!, { ...files, ...env });
        const tls = { ca: authority.cert, cert: client.cert, key: client.key };
        const { port } = bench.edge;
        expect(await settled(200, () => ask({ port, host, tls }, VOICE))).toBe(200);
        return { known: { port, host, tls }, unknown: { port, host, tls: { ca: authority.cert } } };
      };

      it('shows its certificate and carries sockets', async () => {
        const { unknown } = await begin({});
        const stream = await openStream(unknown, '/media/relay-3');
        expect(stream).toMatchObject({ status: 101, server: 'relay-3' });
        expect(await statusOf({ ...unknown, tls: { ca: client.cert } })).toBe('cut');
      });

      it('asks everybody for a certificate', async () => {
        const { known, unknown } = await begin({ EDGE_CLIENT_CA: join(folder, 'ca.pem') });
        expect((await openStream(known, '/media/relay-1')).server).toBe('relay-1');
        expect([400, 'cut']).toContain(await statusOf(unknown));
        const stranger = selfSigned('client.example.com');
        const tls = { ca: authority.cert, cert: stranger.cert, key: stranger.key };
        expect([400, 'cut']).toContain(await statusOf({ ...known, tls }));
      });

      it.each([
        ['api', 200, 403],
        ['carriers', 403, 200],
      ])('asks only %s for one', async (who, voice, api) => {
        const { known, unknown } = await begin({
          EDGE_CLIENT_CA: join(folder, 'ca.pem'),
          EDGE_CLIENT_CERTIFICATE: who,
        });
        expect(await statusOf(unknown)).toBe(voice);
        expect(await statusOf(unknown, '/v1/calls')).toBe(api);
        expect(await statusOf(known, '/v1/calls')).toBe(200);
      });
    });

    if (kind === 'haproxy') {
      it('asks ready ingresses only, and has metrics where nobody outside looks', async () => {
        await start();
        const ingress = bench.servers.get('ingress')!;
        ingress.isReady = false;
        expect(await settled(503, () => ask(bench.edge, VOICE))).toBe(503);
        ingress.isReady = true;
        expect(await settled(200, () => ask(bench.edge, VOICE))).toBe(200);
        const management = { port: bench.edge.managementPort };
        expect(await statusOf(management, '/edge/ready')).toBe(200);
        expect(await statusOf(management, '/metrics')).toBe(200);
        expect(await statusOf(management, '/v1/calls')).toBe(404);
        await bench.stop();
      });
    }
  });
}
