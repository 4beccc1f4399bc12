import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RealtimeSimulator, TwilioSimulator } from '@tandem/simulators';
import { freePorts, resetStack, tandemFolder } from '@tandem/stack';
import { words } from '../testing/running-platform.ts';
import { CommandRun } from '../testing/command-run.ts';
import { startEgressProxy, type EgressProxy } from '../testing/egress-proxy.ts';
import { selfSigned } from '../testing/self-signed.ts';
import { startTlsProxy, type TlsProxy } from '../testing/tls-proxy.ts';

jest.setTimeout(240_000);

const HOST = 'localhost';
const NUMBER = '+14155550123';
const ACCOUNT = `AC${'5a'.repeat(16)}`;
const TOKEN = 'f'.repeat(32);
const KEY = 'sk-invented';

/** The README's "A real number", step by step, with invented credentials and a carrier of our own. */
describe('a real number, set up as the README says', () => {
  const certificate = selfSigned(HOST);
  let home: string;
  let model: RealtimeSimulator;
  let ports: number[];
  let proxies: TlsProxy[];
  let egress: EgressProxy;
  let stack: CommandRun;
  let baseUrl: string;
  let mediaUrl: string;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'tandem-real-number-'));
    // Reuses downloaded programs.
    if (existsSync(join(tandemFolder, 'cache'))) {
      mkdirSync(join(home, '.tandem'));
      symlinkSync(join(tandemFolder, 'cache'), join(home, '.tandem/cache'));
    }
    model = new RealtimeSimulator({
      pace: { firstByteMs: 100, deltaMs: 200, audioRate: 6 },
      transcriptionDelayMs: 100,
    });
    const at = await model.start({});
    ports = await freePorts(6);
    proxies = [
      await startTlsProxy(certificate, () => ports[0] ?? 0),
      await startTlsProxy(certificate, () => ports[1] ?? 0),
      await startTlsProxy(certificate, () => Number(new URL(at.url).port)),
    ];
    egress = await startEgressProxy();
    const authority = join(home, 'authority.pem');
    writeFileSync(authority, certificate.cert);
    baseUrl = `https://${HOST}:${proxies[0]?.port}`;
    mediaUrl = `wss://${HOST}:${proxies[1]?.port}`;
    // Step 1. Ports of their own because 8080 and its neighbours may be taken on a machine that runs tests.
    const names = [
      'CALL_INGRESS_PORT',
      'MEDIA_RELAY_PORT',
      'CRM_API_PORT',
      'CONTROL_API_PORT',
      'TOOL_WORKER_PORT',
      'POST_CALL_WORKER_PORT',
    ];
    const env = {
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: TOKEN,
      OPENAI_API_KEY: KEY,
      PUBLIC_BASE_URL: baseUrl,
      PUBLIC_MEDIA_URL: mediaUrl,
      OPENAI_REALTIME_URL: `wss://${HOST}:${proxies[2]?.port}${new URL(at.url).pathname}`,
      ...Object.fromEntries(names.map((name, index) => [name, String(ports[index])])),
    };
    writeFileSync(
      join(home, '.env'),
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    // Step 2.
    stack = CommandRun.start(home, 'start', [], {
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: egress.url,
      NODE_EXTRA_CA_CERTS: authority,
    });
    await stack.printed(/^ready$/m);
  });
  afterAll(async () => {
    await stack?.stop();
    for (const proxy of proxies ?? []) await proxy.stop();
    await egress?.stop();
    await model?.stop();
    // Started by root, the stack keeps its database outside a folder that others cannot enter.
    resetStack({ folder: join(home, '.tandem') });
    rmSync(home, { recursive: true, force: true });
  });

  it('prints the public addresses to copy, and where they lead', () => {
    const settings = '#rc=2&rp=all&ct=2000&rt=5000';
    expect(stack.output).toContain(`Twilio voice webhook    ${baseUrl}/twilio/voice${settings}\n`);
    expect(stack.output).toContain(`Twilio status callback  ${baseUrl}/twilio/status${settings}\n`);
    expect(stack.output).toContain(`${baseUrl} to http://127.0.0.1:${ports[0]}\n`);
    expect(stack.output).toContain(`${mediaUrl}/media/relay-1 to http://127.0.0.1:${ports[1]}\n`);
    expect(stack.output).not.toContain('cannot be used');
  });

  it('takes the number that is put in the place of the seeded one', async () => {
    const change = CommandRun.start(home, 'number', ['+1 (415) 555-0123']);
    expect([await change.end(), change.output]).toEqual([
      0,
      `+12025550100 is now ${NUMBER}. It holds for the next call.\n`,
    ]);
    const list = CommandRun.start(home, 'number');
    expect([await list.end(), list.output]).toEqual([0, `${NUMBER}\n`]);
  });

  it('answers a call of the configured account through the public addresses', async () => {
    const [voiceUrl] = /https:\S+\/twilio\/voice\S+/.exec(stack.output) ?? [''];
    const [statusUrl] = /https:\S+\/twilio\/status\S+/.exec(stack.output) ?? [''];
    const twilio = new TwilioSimulator({
      accountSid: ACCOUNT,
      authToken: TOKEN,
      speed: 10,
      tls: { ca: certificate.cert },
    });
    await twilio.start();
    try {
      const call = twilio.placeCall({
        from: '+12025550123',
        to: NUMBER,
        voiceUrl,
        statusCallback: { url: statusUrl },
      });
      await call.waitForSpeech({ timeoutMs: 20_000 });
      await call.waitForSilence(400, { timeoutMs: 20_000 });
      await call.say(words(900));
      await call.waitForSpeech({ timeoutMs: 20_000 });
      call.hangup();
      const report = await call.ended;
      expect(report.errors.filter(({ level }) => level === 'error')).toEqual([]);
      expect(report.streams.map(({ url }) => url)).toEqual([`${mediaUrl}/media/relay-1`]);
      const key = CommandRun.start(home, 'key');
      expect(await key.end()).toBe(0);
      const calls = await fetch(`http://127.0.0.1:${ports[3]}/v1/calls`, {
        headers: { authorization: `Bearer ${key.output.trim()}` },
      });
      expect(calls.status).toBe(200);
    } finally {
      await twilio.stop();
    }
  });

  it('reaches the model through the proxy of HTTPS_PROXY', () => {
    expect(new Set(egress.tunnels)).toEqual(new Set([`${HOST}:${proxies[2]?.port}`]));
  });

  it('refuses another account, and the call says why', async () => {
    const twilio = new TwilioSimulator({ authToken: TOKEN, tls: { ca: certificate.cert } });
    await twilio.start();
    const report = await twilio.placeCall({
      from: '+12025550123',
      to: NUMBER,
      voiceUrl: `${baseUrl}/twilio/voice`,
    }).ended;
    await twilio.stop();
    expect(report.errors.map(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(/the server answered 403: .*TWILIO_ACCOUNT_SID/),
    );
  });

  it('is rung by "npm run call", which uses the configured account and number', async () => {
    const call = CommandRun.start(home, 'call', ['--scenario', 'hasty'], {
      NODE_EXTRA_CA_CERTS: join(home, 'authority.pem'),
    });
    expect([await call.end(), call.output]).toEqual([
      0,
      expect.stringMatching(new RegExp(`calls \\${NUMBER}[^]*POST /twilio/voice → 200[^]*media stream open`)),
    ]);
  });

  it('is stopped by a signal to its process alone, and leaves no process', async () => {
    const code = await stack.stop();
    expect([code, stack.output]).toEqual([130, expect.stringContaining('stopping (SIGINT)')]);
  });
});
