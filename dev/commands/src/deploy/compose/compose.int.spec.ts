import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { loadServiceConfig, settingNames } from '@tandem/platform';
import { checkoutRoot, runCommand } from '@tandem/stack';
import { PORT_VARIABLES, type ServiceName } from '../../stack/ports.ts';
import { imageNames } from '../image/image-plan.ts';
import { composed, composeProgram, runCompose, type ComposeService } from './compose-program.ts';

jest.setTimeout(300_000);

const program = await composeProgram().catch((error: unknown) => {
  console.warn(`Not run here: ${error instanceof Error ? error.message : String(error)}`);
  return null;
});
/** Variables of the runtime or of programs that are not ours. */
const FOREIGN = /^(?:NODE_OPTIONS|MIGRATION_DATABASE_URL|DEMO_API_KEY)$/;
const FILE = readFileSync(join(checkoutRoot, 'docker-compose.yml'), 'utf8');
const LIVE = {
  TANDEM_SECRET: 'x'.repeat(40),
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  OPENAI_API_KEY: 'sk-own',
  OPENAI_REALTIME_URL: 'wss://api.openai.com/v1/realtime',
  PUBLIC_BASE_URL: 'https://voice.example.com',
  PUBLIC_MEDIA_URL: 'wss://voice.example.com',
  POSTGRES_PASSWORD: 'p'.repeat(20),
  DEMO_API_KEY: `tk_${'b'.repeat(43)}`,
  SMTP_URL: 'smtps://user:password@smtp.example.com',
  MAIL_FROM: 'office@example.com',
};

(program === null ? describe.skip : describe)('docker-compose.yml', () => {
  let services: Readonly<Record<string, ComposeService>>;
  const named = (service: ComposeService | undefined): Record<string, string> =>
    Object.fromEntries(
      Object.entries(service?.environment ?? {}).map(([name, value]) => [name, value ?? '']),
    );
  /** Ours, by the name of their image. */
  const ours = (all = services) =>
    Object.entries(all).flatMap(([name, service]) => {
      const image = /\/tandem-([a-z-]+):/.exec(service.image)?.[1];
      return image ? [{ name, service, image }] : [];
    });

  beforeAll(async () => {
    services = await composed(program!);
  });

  it('has every service, three relays, an edge and simulators, under set versions', () => {
    const images = new Set(ours().map(({ image }) => image));
    expect(images).toEqual(new Set(imageNames(checkoutRoot)));
    expect(Object.keys(services)).toEqual(expect.arrayContaining(['relay-1', 'relay-2', 'relay-3', 'edge']));
    for (const { image } of Object.values(services)) expect(image).toMatch(/:[v]?\d+\.\d+/);
    for (const { service, image } of ours()) expect(service.build?.args.SERVICE).toBe(image);
  });

  it.each([{}, LIVE])('gives every service settings it starts with: %j', async (env) => {
    const all = ours(await composed(program!, env));
    for (const { service, image } of all.filter(({ service }) => !service.command))
      expect(() => loadServiceConfig(image as ServiceName, named(service))).not.toThrow();
    const known = settingNames();
    const unknown = all
      .filter(({ image, service }) => image in PORT_VARIABLES && !service.command)
      .flatMap(({ service }) => Object.keys(named(service)))
      .filter((name) => !known.has(name) && !FOREIGN.test(name));
    expect(unknown).toEqual([]);
  });

  it('gives relays their own names and the edge names of relays only', () => {
    for (const relay of ['relay-1', 'relay-2', 'relay-3'])
      expect(named(services[relay])['RELAY_ID']).toBe(relay);
    const { edge } = services;
    const settings = readFileSync(join(checkoutRoot, 'deploy/edge/haproxy.cfg'), 'utf8');
    for (const name of Object.keys(named(edge))) expect(settings).toContain(`$${name}`);
    const pattern = new RegExp(named(edge)['RELAY_PATTERN']!.replaceAll('$$', '$'));
    expect(
      ['relay-1', 'relay-3', 'relay-4', 'postgres'].filter((name) => pattern.test(`/media/${name}`)),
    ).toEqual(['relay-1', 'relay-3']);
  });

  it('opens AudioSocket to this machine, and in live only to the networks of a PBX', async () => {
    const audioSocketOf = (service: ComposeService | undefined) =>
      service?.ports?.filter(({ target }) => target === 9092).map(({ host_ip }) => host_ip);
    expect(audioSocketOf(services['edge'])).toEqual(['127.0.0.1']);
    expect(audioSocketOf(services['edge-live'])).toEqual(['127.0.0.1']);
    expect(named(services['edge'])).toMatchObject({ EDGE_AUDIOSOCKET_LISTEN: ':9092' });
    expect(named(services['edge-live'])).toMatchObject({
      EDGE_AUDIOSOCKET_LISTEN: '',
      EDGE_PBX_NETWORKS: '',
    });
    expect(named(services['relay-1'])).toMatchObject({
      AUDIOSOCKET_PORT: '9092',
      AUDIOSOCKET_PUBLIC_HOST: '127.0.0.1:9092',
    });
    const pbx = {
      EDGE_PBX_NETWORKS: '10.1.0.0/16 10.2.0.0/16',
      AUDIOSOCKET_PUBLIC_HOST: '10.1.0.7:9093',
      ASTERISK_SECRET: 's'.repeat(16),
      TELEPHONY_ASTERISK_CONTROL: 'ami://tandem:secret@10.1.0.9:5038',
    };
    const live = await composed(program!, { ...LIVE, ...pbx });
    expect(named(live['edge-live'])).toMatchObject({
      EDGE_AUDIOSOCKET_LISTEN: ':9092',
      EDGE_PBX_NETWORKS: pbx.EDGE_PBX_NETWORKS,
    });
    for (const relay of ['relay-1', 'relay-2', 'relay-3'])
      expect(named(live[relay])['AUDIOSOCKET_PUBLIC_HOST']).toBe('10.1.0.7:9093');
    const { audioSocketPublicHost } = loadServiceConfig('media-relay', named(live['relay-2']));
    expect(audioSocketPublicHost).toBe('10.1.0.7:9093');
    const { asteriskSecrets, asteriskControl } = loadServiceConfig(
      'call-ingress',
      named(live['call-ingress']),
    );
    expect(asteriskSecrets).toEqual([pbx.ASTERISK_SECRET]);
    expect(asteriskControl).toHaveLength(1);
  });

  it("passes on what access tokens of Twilio's Voice SDK are made with", async () => {
    const sdk = {
      TWILIO_API_KEY_SID: `SK${'0'.repeat(32)}`,
      TWILIO_API_KEY_SECRET: 's'.repeat(32),
      TWILIO_TWIML_APP_SID: `AP${'0'.repeat(32)}`,
    };
    const live = await composed(program!, { ...LIVE, ...sdk });
    expect(named(live['control-api'])).toMatchObject({
      ...sdk,
      TWILIO_ACCOUNT_SID: LIVE.TWILIO_ACCOUNT_SID,
    });
    expect(() => loadServiceConfig('control-api', named(live['control-api']))).not.toThrow();
  });

  it('starts each service when what it needs is there', () => {
    const running = ours().filter(({ service }) => !service.command);
    for (const { name, service } of running) {
      const waits = Object.entries(service.depends_on ?? {}).map(
        ([other, { condition }]) => `${other} ${condition}`,
      );
      const settings = named(service);
      const needed = [
        ...(settings['REDIS_URL'] ? ['redis service_healthy'] : []),
        ...(settings['DATABASE_URL'] ? ['migrate service_completed_successfully'] : []),
      ];
      expect([name, waits]).toEqual([name, expect.arrayContaining(needed)]);
      expect([name, service.healthcheck?.test]).toEqual([name, ['CMD', 'node', 'health.mjs', '/readyz']]);
    }
  });

  it('waits for the health of nothing that has no health check, and for the check before it is live', () => {
    const waits = Object.values(services).flatMap(({ depends_on = {} }) => Object.entries(depends_on));
    const blind = waits
      .filter(([, { condition }]) => condition === 'service_healthy')
      .filter(([other]) => (services[other]?.healthcheck?.test?.length ?? 0) < 2);
    expect(blind).toEqual([]);
    expect(services['edge-live']?.depends_on?.['check-live']?.condition).toBe(
      'service_completed_successfully',
    );
  });

  it('runs ours without rights, and opens ports to this machine only, unless it is live', () => {
    for (const { name, service } of ours())
      expect([name, service.read_only, service.cap_drop, service.security_opt]).toEqual([
        name,
        true,
        ['ALL'],
        ['no-new-privileges:true'],
      ]);
    const open = Object.entries(services).filter(([, { ports = [] }]) =>
      ports.some(({ host_ip }) => host_ip !== '127.0.0.1'),
    );
    expect(open.map(([name]) => name)).toEqual(['edge-live']);
  });

  it('begins without what observes it or opens it, and is opened without simulators', async () => {
    const listed = async (...args: string[]) =>
      (await runCompose(program!, [...args, 'config', '--services'])).output.toString().trim().split('\n');
    const usual = await listed();
    expect(usual).toEqual(
      expect.arrayContaining(['caller', 'model', 'mail', 'edge', 'postgres', 'redis', 'migrate']),
    );
    for (const other of ['edge-live', 'check-live', 'prometheus', 'grafana'])
      expect(usual).not.toContain(other);
    expect(await listed('--profile', 'observability')).toEqual(
      expect.arrayContaining(['prometheus', 'grafana', 'otel-collector']),
    );
    const needed = new Set<string>();
    const follow = (name: string): void => {
      needed.add(name);
      Object.keys(services[name]?.depends_on ?? {}).forEach(follow);
    };
    follow('edge-live');
    expect([...needed].filter((name) => ['caller', 'model', 'mail', 'edge'].includes(name))).toEqual([]);
  });

  it('refuses a live platform on the settings of a trial', async () => {
    const checked = async (env: Record<string, string>) =>
      runCommand(process.execPath, [join(checkoutRoot, 'deploy/compose/check-live.mjs')], {
        timeoutMs: 10_000,
        env,
      });
    const trial = Object.assign(
      {},
      ...['call-ingress', 'relay-1', 'post-call-worker'].map((name) => named(services[name])),
    ) as Record<string, string>;
    const refused = await checked(trial);
    expect(refused.code).toBe(78);
    for (const name of ['TANDEM_SECRET', 'OPENAI_API_KEY', 'PUBLIC_BASE_URL', 'SMTP_URL', 'MAIL_FROM'])
      expect(refused.complaint).toContain(name);
    expect((await checked(LIVE)).code).toBe(0);
  });

  it.each([
    ['an unknown key', 'cap_drop: [ALL]', 'cap_dropp: [ALL]'],
    ['an unknown condition', 'service_completed_successfully', 'service_done'],
    ['a service that is not there', 'edge: { condition:', 'edgy: { condition:'],
    ['a volume that is not there', 'postgres:/var/lib', 'postgre:/var/lib'],
  ])('is read by a parser that refuses %s', async (_what, right, wrong) => {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-compose-'));
    const file = join(folder, 'docker-compose.yml');
    expect(FILE).toContain(right);
    writeFileSync(file, FILE.replaceAll(right, wrong));
    expect((await runCompose(program!, ['config', '-q'], {}, file)).code).not.toBe(0);
    rmSync(folder, { recursive: true });
  });
});
