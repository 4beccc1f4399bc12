import { afterEach, describe, expect, it } from '@jest/globals';
import { RunningIngress } from './test/running-ingress.ts';

/** What probes commonly wait. */
const PROBE_MS = 1_000;

let ingress: RunningIngress | undefined;
afterEach(async () => {
  await ingress?.stop();
  ingress = undefined;
});

const checksOf = (text: string) => (JSON.parse(text) as { checks: Record<string, { status: string }> }).checks;

describe('readiness of call-ingress', () => {
  it.each([
    ['redis', 'redis'],
    ['postgres', 'database'],
  ] as const)('stays while %s hangs, because the carrier still gets an answer, and tells of it', async (server, check) => {
    ingress = await RunningIngress.start();
    expect((await ingress.get('/readyz')).status).toBe(200);
    ingress.lines[server].hang(true);
    const answers = [await ingress.get('/readyz', PROBE_MS), await ingress.get('/readyz', PROBE_MS)];
    for (const { status, text } of answers) expect([status, checksOf(text)[check]?.status]).toEqual([200, 'down']);
    const rang = await ingress.ring(`CA${'0123456789abcdef'.repeat(2)}`);
    expect([rang.status, rang.text]).toEqual([200, expect.stringContaining('<Response>')]);
    const metrics = (await ingress.get('/metrics', PROBE_MS)).text;
    expect(metrics).toMatch(/^tandem_ready\{[^}]*\} 1$/m);
    expect(metrics).toMatch(new RegExp(`^tandem_check_ok\\{check="${check}"[^}]*\\} 0$`, 'm'));
    ingress.lines[server].hang(false);
    for (let tries = 0; checksOf((await ingress.get('/readyz')).text)[check]?.status !== 'up' && tries < 200; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(checksOf((await ingress.get('/readyz')).text)[check]).toEqual({ status: 'up' });
  }, 30_000);

  it('is not there without the schema', async () => {
    ingress = await RunningIngress.start({ isMigrated: false });
    const { status, text } = await ingress.get('/readyz', PROBE_MS);
    expect([status, text]).toEqual([503, expect.stringMatching(/"database":\{"status":"down","message":"the database lacks \d+ migrations; run npm run migrate"\}/)]);
  });
});
