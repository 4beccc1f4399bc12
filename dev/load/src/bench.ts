import { parseArgs } from 'node:util';
import { benchFrameWalk } from './bench/frame-walk.bench.ts';
import { benchSocketWalks } from './bench/socket-walk.bench.ts';
import { spreadText } from './load/spread-text.ts';

const HELP = `npm run bench                     everything below
npm run bench -- --only frames    what one frame of audio costs on its way through a relay, without sockets (walk A of docs/architecture.md)
npm run bench -- --only sockets   what a second of a call costs between real sockets, kernel included`;

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  frames: async () => {
    console.log('One frame through the relay, in process, without sockets. A call has 50 frames a second from the caller.\n');
    console.log('  way                                        µs a frame   of a core at 500 calls');
    for (const { way, microseconds, perSecond } of await benchFrameWalk()) {
      console.log(`  ${way.padEnd(42)} ${microseconds.toFixed(2).padStart(8)}   ${((microseconds * perSecond * 500) / 10_000).toFixed(1).padStart(6)} %`);
    }
  },
  sockets: async () => {
    const walks = await benchSocketWalks();
    console.log(`\nThe same between real sockets: ${walks.relay.calls} calls that talk, carrier and model in another process.\n`);
    for (const [way, { cpuMsPerCallSecond, toModel, toCaller }] of Object.entries({ 'a relay': walks.relay, 'bytes copied from socket to socket': walks.straight })) {
      console.log(`  through ${way}`);
      console.log(`    CPU per call-second, kernel included   ${cpuMsPerCallSecond.toFixed(3)} ms`);
      console.log(`    carrier → model                        ${spreadText(toModel)}`);
      console.log(`    model → carrier                        ${spreadText(toCaller)}`);
    }
  },
};

const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
const names = values.only?.split(',') ?? Object.keys(BENCHES);
if (values.help || names.some((name) => !BENCHES[name])) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
for (const name of names) await BENCHES[name]?.();
