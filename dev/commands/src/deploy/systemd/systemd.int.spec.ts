import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from '@jest/globals';
import { serviceSections, settingNames } from '@tandem/platform';
import { checkoutRoot, findProgram } from '@tandem/stack';

const UNITS = join(checkoutRoot, 'deploy/systemd');
const INSTANCES = [
  'tandem.target',
  'tandem-migrate.service',
  'tandem-relay@1.service',
  ...Object.keys(serviceSections)
    .filter((name) => name !== 'media-relay')
    .map((name) => `tandem@${name}.service`),
];
const analyze = findProgram('systemd-analyze');

describe('the units of systemd', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-units-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Returns what systemd finds wrong, but for the program, which this machine may not have. */
  const faultsOf = (names: readonly string[]): string[] => {
    const { stderr } = spawnSync(analyze ?? '', ['verify', ...names.map((name) => join(folder, name))], {
      encoding: 'utf8',
    });
    return stderr
      .split('\n')
      .filter((line) => line.includes(folder) || /tandem/.test(line))
      .filter((line) => !line.includes('is not executable'));
  };

  (analyze ? it : it.skip)('are understood as a whole, for each service', () => {
    for (const name of INSTANCES) copyFileSync(join(UNITS, name.replace(/@.*\./, '@.')), join(folder, name));
    expect(faultsOf(INSTANCES)).toEqual([]);
  });

  (analyze ? it : it.skip)('are not, with a misspelt line: the check can fail', () => {
    const name = 'tandem@crm-api.service';
    const text = readFileSync(join(UNITS, 'tandem@.service'), 'utf8');
    writeFileSync(join(folder, name), text.replace('TimeoutStopSec', 'TimeoutStoppSec'));
    expect(faultsOf([name]).join('\n')).toMatch(/Unknown key.*TimeoutStoppSec/);
  });

  it('set only what a service reads, and stop later than a relay drains', () => {
    const known = settingNames();
    for (const file of readdirSync(UNITS)) {
      const text = readFileSync(join(UNITS, file), 'utf8');
      const names = [...text.matchAll(/^Environment=(.*)$/gm)].flatMap(([, values = '']) =>
        [...values.matchAll(/(?:^|[ "])([A-Z_]+)=/g)].map(([, name]) => name),
      );
      expect(names.filter((name) => !known.has(name ?? '') && !/^NODE_/.test(name ?? ''))).toEqual([]);
    }
    const relay = readFileSync(join(UNITS, 'tandem-relay@.service'), 'utf8');
    const number = (pattern: RegExp) => Number(pattern.exec(relay)?.[1]);
    expect(number(/^TimeoutStopSec=(\d+)$/m)).toBe(number(/RELAY_DRAIN_GRACE_MS=(\d+)/) / 1_000 + 30);
  });
});
