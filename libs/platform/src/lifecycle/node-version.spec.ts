import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { nodeProblem, SUPPORTED_NODE } from './node-version.ts';

const root = join(import.meta.dirname, '../../../..');

describe('the version of Node', () => {
  it.each(['22.15.0', '22.21.1', '24.11.0', '24.21.0', '26.0.0'])('%s is supported', (version) => {
    expect(nodeProblem(version)).toBeNull();
  });

  it.each(['18.20.8', '20.20.2', '22.14.0', '23.11.1', '24.10.0'])(
    '%s is not, and the sentence says what is',
    (version) => {
      expect(nodeProblem(version)).toContain(
        `this is Node ${version}, and Tandem runs on Node ${SUPPORTED_NODE}`,
      );
    },
  );

  it('is the same in engines and in the README', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    expect(engines.node).toBe(SUPPORTED_NODE);
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`\`${SUPPORTED_NODE}\``);
  });
});
