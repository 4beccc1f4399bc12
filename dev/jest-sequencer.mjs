// The order of spec files. Without TANDEM_TEST_SEED Jest's own: what failed or took long last time comes
// first. With it, an order that depends on the seed alone, so that a spec that leans on another one is found,
// and found again.
import { createHash } from 'node:crypto';
import { dirname, relative } from 'node:path';
import Sequencer from '@jest/test-sequencer';

const root = dirname(import.meta.dirname);

export default class SeededSequencer extends Sequencer {
  sort(tests) {
    const seed = process.env.TANDEM_TEST_SEED;
    if (!seed) return super.sort(tests);
    const place = ({ path }) =>
      createHash('sha256')
        .update(`${seed} ${relative(root, path)}`)
        .digest('hex');
    return [...tests].sort((a, b) => place(a).localeCompare(place(b)));
  }
}
