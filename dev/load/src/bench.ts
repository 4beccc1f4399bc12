import { parseArgs } from 'node:util';
import { benchFrameWalk } from './bench/frame-walk.bench.ts';
import { meetAll, TROUBLES } from './model-faults/faults.ts';
import { HEADER, lines, row } from './model-faults/table.ts';

const HELP = `npm run bench                          everything below
npm run bench -- --only frames         what one frame of audio costs on its way through a relay, without sockets (walk A of docs/architecture.md)
npm run bench -- --only model-faults   what callers hear when a model fails, between real sockets (docs/model-failures.md)`;

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  frames: async () => {
    console.log('One frame through the relay, in process, without sockets. A call has 50 frames a second from the caller.\n');
    console.log('  way                                        µs a frame   of a core at 500 calls');
    for (const { way, microseconds, perSecond } of await benchFrameWalk()) {
      console.log(`  ${way.padEnd(42)} ${microseconds.toFixed(2).padStart(8)}   ${((microseconds * perSecond * 500) / 10_000).toFixed(1).padStart(6)} %`);
    }
  },
  'model-faults': async () => {
    console.log('\nCalls that talk through a model in trouble, in real time. A gap is without a session, a silence is what the caller hears of it.\n');
    const figures = await meetAll(TROUBLES, 5, ({ trouble, requests, handedDown }) => console.error(`  … ${trouble.name}: ${requests} requests, ${handedDown} handed down`));
    console.log('');
    for (const line of lines([HEADER, ...figures.map(row)])) console.log(line);
  },
};

const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
const names = values.only?.split(',') ?? Object.keys(BENCHES);
if (values.help || names.some((name) => !BENCHES[name])) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
for (const name of names) await BENCHES[name]?.();
