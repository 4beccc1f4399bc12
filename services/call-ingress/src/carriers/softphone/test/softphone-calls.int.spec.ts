import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallReply } from '@tandem/softphone';
import { RunningIngress } from '../../twilio/test/running-ingress.ts';

let ingress: RunningIngress;
beforeAll(async () => {
  ingress = await RunningIngress.start({ settings: { TALK_PAGE: 'on', TALK_NUMBER: '+12025550199' } });
});
afterAll(() => ingress.stop());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: CallReply & { readonly code?: string };
}

async function ask(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
  at = ingress,
): Promise<Answer> {
  const response = await fetch(`${at.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Answer['body'],
  };
}

describe('a call from a browser', () => {
  it('to a number nobody has is refused in words, and a repeated question gets the same answer', async () => {
    const first = await ask('/softphone/calls', {});
    expect(first.status).toBe(200);
    expect(first.body.step).toEqual({
      action: 'refuse',
      text: { text: expect.stringContaining('not in service'), language: 'en-US' },
    });
    const again = await ask('/softphone/calls', { call: first.body.call });
    expect(again.body).toEqual(first.body);
  });

  it('whose token is made up, changed, or of a stream of another call is refused', async () => {
    const { body } = await ask('/softphone/calls', {});
    const refusals = await Promise.all([
      ask('/softphone/calls', { call: 'made.up.token' }),
      ask('/softphone/calls', { call: `${body.call}x` }),
      ask('/softphone/calls/next', { call: 'made.up.token', stream: 'x', after: 'stream' }),
      ask('/softphone/calls/next', { call: body.call, stream: body.call, after: 'stream' }),
    ]);
    expect(refusals.map((refusal) => [refusal.status, refusal.body.code])).toEqual([
      [403, 'call-token'],
      [403, 'call-token'],
      [403, 'call-token'],
      [403, 'callback-token'],
    ]);
  });

  it.each<[string, unknown]>([
    ['a number that is none', { to: 'the plumber' }],
    ['a caller that is none', { from: '<script>' }],
    ['a token of ten thousand characters', { call: 'x'.repeat(10_000) }],
    ['a list', []],
    ['text that is no JSON', '{"to":'],
  ])('with %s is refused with a clear error', async (_what, body) => {
    const { status } = await ask('/softphone/calls', body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('that another page starts in its visitor’s name is refused', async () => {
    const foreign = await ask('/softphone/calls', {}, { origin: 'https://evil.example' });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'foreign-page']);
    const own = await ask('/softphone/calls', {}, { origin: ingress.url });
    const published = await ask('/softphone/calls', {}, { origin: 'https://voice.example.com' });
    expect([own.status, published.status]).toEqual([200, 200]);
  });

  it('is refused when too many were started from one address, with the time to wait', async () => {
    const answers: Answer[] = [];
    for (let call = 0; call < 12; call += 1) answers.push(await ask('/softphone/calls', {}));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body.code).toBe('too-many-calls');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('the limit of calls from one address', () => {
  const CALLS = 25;
  let behind: RunningIngress;
  beforeAll(async () => {
    const TRUSTED_PROXIES = '127.0.0.1/32,10.20.0.0/16';
    behind = await RunningIngress.start({
      settings: { TALK_PAGE: 'on', TALK_NUMBER: '+12025550199', TRUSTED_PROXIES },
    });
  });
  afterAll(() => behind.stop());

  /** Returns how many of the calls were let in, each with its own header. */
  const letIn = async (forwardedFor: (call: number) => string, at = behind): Promise<number> => {
    const statuses: number[] = [];
    for (let call = 0; call < CALLS; call += 1) {
      const headers = { 'x-forwarded-for': forwardedFor(call) };
      statuses.push((await ask('/softphone/calls', {}, headers, at)).status);
    }
    return statuses.filter((status) => status === 200).length;
  };

  it('counts the visitors of a trusted proxy one by one', async () => {
    expect(await letIn((call) => `203.0.113.${call}, 10.20.0.7`)).toBe(CALLS);
  });

  it.each<[string, (call: number) => string]>([
    ['before the one that the proxy added', (call) => `198.51.100.${call}, 203.0.113.200`],
    ['that is none', (call) => `unknown-${call}`],
  ])('is not evaded by a forged address %s', async (_what, forwardedFor) => {
    expect(await letIn(forwardedFor)).toBeLessThan(CALLS);
  });

  it('takes no header’s word for an address where no proxy is trusted', async () => {
    expect(await letIn((call) => `203.0.113.${call}`, ingress)).toBeLessThan(CALLS);
  });
});

describe('the talk page', () => {
  it('is served with its scripts, under a policy that lets nothing else in', async () => {
    const page = await fetch(`${ingress.url}/talk`);
    const html = await page.text();
    expect(html).toContain('+12025550199');
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const used = [...html.matchAll(/(?:src|href)="(\/talk\/[^"]+)"/g)].map((match) => match[1]!);
    expect(used).toHaveLength(2);
    for (const path of [...used, '/talk/worklet/softphone-processor.js']) {
      const file = await fetch(`${ingress.url}${path}`);
      expect([path, file.status]).toEqual([path, 200]);
      expect(file.headers.get('content-type')).toMatch(/^text\/(javascript|css)/);
    }
  });

  it.each([
    '/talk/package.json',
    '/talk/../main.js',
    '/talk/%2e%2e/package.json',
    '/talk/page/none.js',
    '/talk/page/talk.html',
  ])('serves no other file: %s', async (path) => {
    expect((await fetch(`${ingress.url}${path}`)).status).toBe(404);
  });
});

it('is off under a public address unless it is turned on', async () => {
  const other = await RunningIngress.start();
  const page = await fetch(`${other.url}/talk`);
  const call = await fetch(`${other.url}/softphone/calls`, { method: 'POST' });
  await other.stop();
  expect([page.status, call.status]).toEqual([404, 404]);
});
