import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningControl } from '../test/running-control.ts';
import { consoleFolder, readConsoleFiles } from './console-files.ts';

const files = readConsoleFiles(consoleFolder());
const script = [...files.keys()].find((path) => /^assets\/index-.*\.js$/.test(path)) ?? '';

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** As it stands: fetch would tidy paths and open what is compressed. */
function get(path: string, headers: Record<string, string> = {}, url = control.url): Promise<Answered> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces),
        }),
      );
    });
    asked.on('error', reject).end();
  });
}

const nonceOf = ({ headers }: Answered): string =>
  /'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1] ?? '';

describe('the page of the console', () => {
  it('is at /console/, and the bare address leads there', async () => {
    for (const path of ['/', '/console']) {
      const { status, headers } = await get(path);
      expect([status, headers['location']]).toEqual([302, '/console/']);
    }
    const { status, headers, body } = await get('/console/');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-store',
    ]);
    expect(body.toString()).toContain(`/console/${script}`);
  });

  it.each(['/console/calls', '/console/calls/7f?t=83.4', '/console/index.html', '/console/settings/keys'])(
    'answers at %s too: it finds its place by itself',
    async (path) => {
      const { status, body } = await get(path);
      expect([status, body.toString()]).toEqual([200, expect.stringContaining('<div id="root">')]);
    },
  );

  it('has a nonce of its own each time, in the policy and on its tags', async () => {
    const [first, second] = [await get('/console/'), await get('/console/')];
    const nonce = nonceOf(first);
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{24}$/);
    expect(nonceOf(second)).not.toBe(nonce);
    expect(first.body.toString()).toContain(`nonce="${nonce}"`);
    expect(first.body.toString()).not.toContain('{{nonce}}');
  });

  it('has a policy that allows what it needs and no more', async () => {
    const answer = await get('/console/');
    expect(answer.headers).toMatchObject({
      'content-security-policy':
        `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonceOf(answer)}'; ` +
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; " +
        "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(answer.headers).not.toHaveProperty('strict-transport-security');
    expect(answer.body.toString()).not.toMatch(/<script(?![^>]*src=)|style="|onload=/);
  });
});

describe('the files of the console', () => {
  it('are kept for good under their hashed names, and asked for anew under the others', async () => {
    expect((await get(`/console/${script}`)).headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'Accept-Encoding',
    });
    expect((await get('/console/theme.js')).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['identity', undefined, (bytes: Buffer) => bytes],
  ])('come as %s wants them', async (wanted, encoding, open) => {
    const { headers, body } = await get(`/console/${script}`, { 'accept-encoding': wanted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(files.get(script)?.content.equals(open(body))).toBe(true);
  });

  it('carry no nonce', async () => {
    const { headers } = await get(`/console/${script}`);
    expect(headers['content-security-policy']).toContain("style-src 'self';");
  });

  it.each([
    '/console/assets/../../package.json',
    '/console/..%2f..%2fpackage.json',
    '/console/%2e%2e/%2e%2e/package.json',
    '/console/assets/..%5c..%5cpackage.json',
    '/console/assets/none.js',
    `/console/${script}.br`,
    '/console/assets//etc/passwd',
  ])('are those of the build alone: %s is none', async (path) => {
    const { status, headers, body } = await get(path);
    expect(body.toString()).not.toMatch(/"@tandem|root:/);
    if (status === 200) expect(headers['content-type']).toBe('text/html; charset=utf-8');
    else expect([404, 400]).toContain(status);
  });
});

describe('addresses of the API', () => {
  it.each(['/v1/none', '/v1/calls/none/none', '/none'])('are never the page: %s', async (path) => {
    const { status, headers } = await get(path);
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });
});
