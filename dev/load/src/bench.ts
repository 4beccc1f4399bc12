import { benchFrameWalk } from './bench/frame-walk.bench.ts';

if (process.argv.includes('--help')) {
  console.log(`npm run bench    what one frame of audio costs on its way through a relay, without sockets (walk A of docs/architecture.md)`);
} else {
  console.log('One frame through the relay, in process, without sockets. A call has 50 frames a second from the caller.\n');
  console.log('  way                                        µs a frame   of a core at 500 calls');
  for (const { way, microseconds, perSecond } of await benchFrameWalk()) {
    console.log(`  ${way.padEnd(42)} ${microseconds.toFixed(2).padStart(8)}   ${((microseconds * perSecond * 500) / 10_000).toFixed(1).padStart(6)} %`);
  }
}
