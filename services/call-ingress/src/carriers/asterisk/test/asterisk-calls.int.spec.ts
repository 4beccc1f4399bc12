import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningIngress } from '../../twilio/test/running-ingress.ts';

const SECRET = 'the-secret-of-a-pbx-for-specs';
const OLD_SECRET = 'the-secret-before-it-was-rotated';
let ingress: RunningIngress;
let closed: RunningIngress;

beforeAll(async () => {
  ingress = await RunningIngress.start({
    settings: { ASTERISK_SECRET: `${SECRET},${OLD_SECRET}` },
  });
  closed = await RunningIngress.start({
    settings: { ASTERISK_SECRET: SECRET, ASTERISK_ALLOWED_NETWORKS: '192.0.2.0/24' },
  });
});
afterAll(async () => {
  await ingress.stop();
  await closed.stop();
});

async function ask(
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = { authorization: `Bearer ${SECRET}` },
  at = ingress,
): Promise<{ status: number; type: string; text: string }> {
  const response = await fetch(`${at.url}/asterisk/calls${path}`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  });
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, text: await response.text() };
}
let channels = 0;
const ringing = (change: Record<string, string> = {}) => ({
  to: '+12025550199',
  from: '+12025550123',
  channel: 'PJSIP/trunk-00000001',
  uniqueid: `pbx-1700000000.${(channels += 1)}`,
  ...change,
});
const codeOf = (text: string) => {
  const problem = JSON.parse(text) as { type: string; detail: string };
  return [problem.type.split(/[/:]/).at(-1), problem.detail];
};

describe('a dialplan that asks about a call', () => {
  it('gets one line with a word to branch on and a sound to play', async () => {
    const { status, type, text } = await ask('', ringing());
    expect([status, text]).toEqual([200, 'refuse,unknown-number,tandem/unknown-number']);
    expect(type).toMatch(/^text\/plain/);
  });

  it('gets the same as JSON, with the words to speak', async () => {
    const form = ringing();
    const line = await ask('', form);
    const { type, text } = await ask('', form, {
      authorization: `Bearer ${SECRET}`,
      accept: 'application/json',
    });
    expect(type).toMatch(/^application\/json/);
    expect(JSON.parse(text)).toEqual({
      do: 'refuse',
      reason: 'unknown-number',
      sound: 'tandem/unknown-number',
      text: expect.stringMatching(/not in service/),
      language: 'en-US',
    });
    expect(line.text).toBe('refuse,unknown-number,tandem/unknown-number');
  });

  it('may show the secret before the last rotation', async () => {
    expect((await ask('', ringing(), { authorization: `Bearer ${OLD_SECRET}` })).status).toBe(200);
  });

  it.each([
    ['without a secret', {}, 'no header'],
    [
      'with another secret',
      { authorization: 'Bearer another-secret-of-somebody' },
      'not one of ASTERISK_SECRET',
    ],
    ['with a secret of another kind', { authorization: `Basic ${SECRET}` }, 'no header'],
  ])('%s is refused, and told what to do', async (_how, headers, why) => {
    const { status, text } = await ask('', ringing(), headers);
    expect(status).toBe(403);
    expect(codeOf(text)[1]).toContain(why);
  });

  it('from another network is refused', async () => {
    const { status, text } = await ask('', ringing(), undefined, closed);
    expect(status).toBe(403);
    expect(codeOf(text)[1]).toContain('ASTERISK_ALLOWED_NETWORKS');
  });

  it.each([
    ['no unique id', ringing({ uniqueid: '' }), /uniqueid/],
    ['a unique id that is none', ringing({ uniqueid: '1;Set(x)' }), /uniqueid/],
    ['a progress of its own', ringing({ progress: '-1.0.0' }), /progress/],
    ['a language that is none', ringing({ language: '???' }), /language/],
    ['a PBX name with a slash', ringing({ pbx: 'a/b' }), /pbx/],
  ])('with %s is refused, and told which field is wrong', async (_how, form, field) => {
    const { status, text } = await ask('', form);
    expect(status).toBe(400);
    expect(text).toMatch(field);
  });

  it('about what comes next must show the token of the same call', async () => {
    for (const token of ['x', 'a.b.c', 'x'.repeat(2_000)])
      expect((await ask('/next', { token, uniqueid: '1700000000.1' })).status).toBe(403);
    expect((await ask('/next', { uniqueid: '1700000000.1' })).status).toBe(400);
    expect((await ask('/operator', { token: 'x', uniqueid: '1700000000.1' })).status).toBe(403);
    expect((await ask('/key', { token: 'x', uniqueid: '1700000000.1' })).status).toBe(403);
  });

  it('may report the end of a call nobody knows, and gets a word for it', async () => {
    expect(await ask('/hangup', { uniqueid: '1700000000.1' })).toMatchObject({ status: 200, text: 'hangup' });
  });
});
