import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkoutRoot } from '@tandem/stack';
import { imageNames } from '../image/image-plan.ts';
import { NODE_IMAGE } from './base-images.ts';
import { buildImages, imageName } from './build-images.ts';
import { ContainerTools } from './container-tools.ts';
import { Trial } from './trial.ts';

jest.setTimeout(1_800_000);

/** On top of the base, in bytes. */
const SIZE_LIMIT = 250_000_000;
const NAMES = imageNames(checkoutRoot);
const found = await ContainerTools.find(console.warn);

(found ? describe : describe.skip)('images built by buildah, and the small overlay played by podman', () => {
  const tools = found!;
  let trial: Trial;

  beforeAll(async () => {
    await buildImages(tools, NAMES, console.info);
    trial = await Trial.start(tools, console.info);
  });
  afterAll(() => trial?.stop());

  it.each(NAMES)('%s has a user, a stop signal and labels, and nothing of the builder', async (name) => {
    const image = await inspect(imageName(name));
    const base = await inspect(NODE_IMAGE);
    expect(image.Size - base.Size).toBeLessThan(SIZE_LIMIT);
    expect(image.Config).toMatchObject({
      User: '1000:1000',
      StopSignal: 'SIGTERM',
      Entrypoint: ['node'],
      Cmd: ['main.mjs'],
      Labels: {
        'org.opencontainers.image.title': `tandem-${name}`,
        'org.opencontainers.image.licenses': 'Apache-2.0',
      },
    });
    const own = image.Config.Env.filter((each) => !base.Config.Env.includes(each));
    expect(own).toEqual(['NODE_ENV=production']);
  });

  it('cannot write a file of its own, and has no rights', async () => {
    const program =
      'const {writeFileSync:w,readFileSync:r}=require("fs");' +
      'let e="written";try{w("/app/x","")}catch(x){e=x.code}' +
      'console.log(process.getuid(),e,/CapEff:\\s*(\\w+)/.exec(r("/proc/self/status","utf8"))[1])';
    const options = ['--rm', '--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'];
    const said = await tools.podman(['run', ...options, imageName('media-relay'), '--eval', program]);
    expect(said.trim()).toBe(`1000 EROFS ${'0'.repeat(16)}`);
  });

  it('answers a simulated call through the edge, and keeps its record', async () => {
    const report = await trial.call({
      name: 'greeting',
      description: 'Listens, asks one question, says goodbye.',
      turns: [
        { when: 'agent-finished', do: { say: 'Hello, what are your opening hours?' } },
        { when: 'agent-finished', do: { say: 'Thank you, goodbye.' } },
        { when: 'agent-finished', do: { hangup: true } },
      ],
      expect: { minAgentTurns: 2 },
    });
    expect(report).toMatchObject({ isPassed: true, failures: [] });
    expect(report.call.streams.map(({ url }) => url)).toEqual([
      expect.stringMatching(/^wss:\/\/voice\.example\.com:8443\/media\/try\d+-tandem-media-relay-[0-2]$/),
    ]);
    expect(await rowOf(report.call.callSid)).toBe('caller-hangup');
  });

  it('moves a call when its relay gets SIGTERM, and the relay ends with 0', async () => {
    const calling = trial.call({
      name: 'moved',
      description: 'Stays while its relay goes.',
      turns: [
        { when: 'agent-finished', do: { say: 'Hello, what are your opening hours?' } },
        { when: { afterMs: 25_000 }, do: { say: 'And on Saturday?' } },
        { when: 'agent-finished', do: { hangup: true } },
      ],
      expect: { minAgentTurns: 2 },
    });
    const holder = await trial.holder();
    const ended = await trial.terminate(holder);
    console.info(`${holder} with one call: ended ${ended.ms} ms after SIGTERM`);
    expect(ended.code).toBe(0);
    const report = await calling;
    expect(report).toMatchObject({ isPassed: true, failures: [] });
    const relays = report.call.streams.map(({ url }) => url.split('/').at(-1));
    expect(relays).toEqual([holder, expect.not.stringMatching(holder)]);
    expect(await rowOf(report.call.callSid)).toBe('caller-hangup');
  });

  /** Why a call ended, once it is written down. */
  async function rowOf(callSid: string): Promise<string> {
    for (let asked = 0; asked < 60; asked += 1) {
      const query =
        `SELECT termination_reason FROM calls WHERE carrier_call_id = '${callSid}' ` +
        'AND ended_at IS NOT NULL';
      const reason = await trial.sql(query);
      if (reason !== '') return reason;
      await sleep(500);
    }
    return 'no row';
  }

  async function inspect(name: string): Promise<Inspected> {
    return (JSON.parse(await tools.podman(['image', 'inspect', name])) as [Inspected])[0];
  }
});

interface Inspected {
  readonly Size: number;
  readonly Config: { readonly Env: readonly string[] } & Readonly<Record<string, unknown>>;
}
