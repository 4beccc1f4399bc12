import { afterEach, describe, expect, it } from '@jest/globals';
import { RunningIngress } from './running-ingress.ts';

/** A common timeout of probes. */
const PROBE_MS = 1_000;

let ingress: RunningIngress | undefined;
afterEach(async () => {
  await ingress?.stop();
  ingress = undefined;
});

const checksOf = (text: string) =>
  (JSON.parse(text) as { checks: Record<string, { status: string }> }).checks;

/** Polls until the check has the status; each response is 200 in time. */
async function becomes(of: RunningIngress, check: string, status: 'up' | 'down'): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await of.get('/readyz', PROBE_MS);
    expect(answer.status).toBe(200);
    if (checksOf(answer.text)[check]?.status === status) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new TypeError(`${check} did not become ${status}.`);
}

describe('readiness of call-ingress', () => {
  it.each([
    ['redis', 'redis'],
    ['postgres', 'database'],
  ] as const)(
    'stays while %s hangs, because the carrier still gets an answer, and reports the check',
    async (server, check) => {
      ingress = await RunningIngress.start();
      expect((await ingress.get('/readyz')).status).toBe(200);
      ingress.lines[server].hang(true);
      await becomes(ingress, check, 'down');
      const rang = await ingress.ring(`CA${'0123456789abcdef'.repeat(2)}`);
      expect([rang.status, rang.text]).toEqual([200, expect.stringContaining('<Response>')]);
      const metrics = (await ingress.get('/metrics', PROBE_MS)).text;
      expect(metrics).toMatch(/^tandem_ready\{[^}]*\} 1$/m);
      expect(metrics).toMatch(new RegExp(`^tandem_check_ok\\{check="${check}"[^}]*\\} 0$`, 'm'));
      ingress.lines[server].hang(false);
      await becomes(ingress, check, 'up');
    },
    30_000,
  );

  it('fails without the schema', async () => {
    ingress = await RunningIngress.start({ isMigrated: false });
    const { status, text } = await ingress.get('/readyz', PROBE_MS);
    expect([status, text]).toEqual([
      503,
      expect.stringMatching(
        /"database":\{"status":"down","message":"the database lacks \d+ migrations; run npm run migrate"\}/,
      ),
    ]);
  });
});

describe('a management port', () => {
  it('has readiness and metrics, and the public port has neither', async () => {
    ingress = await RunningIngress.start({
      settings: { MANAGEMENT_PORT: '0', MANAGEMENT_HOST: '127.0.0.1' },
    });
    const { url, managementUrl } = ingress;
    expect(managementUrl).not.toBe(url);
    const statuses = async (at: string) =>
      Promise.all(
        ['/healthz', '/readyz', '/metrics', '/twilio/voice', '/'].map(
          async (path) => (await ingress?.get(path, PROBE_MS, at))?.status,
        ),
      );
    expect(await statuses(url)).toEqual([200, 404, 404, 404, 404]);
    expect(await statuses(managementUrl)).toEqual([200, 200, 200, 404, 404]);
    expect((await ingress.get('/metrics', PROBE_MS, managementUrl)).text).toContain(
      'tandem_ready{service="call-ingress"} 1',
    );
  });
});
