import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.ts';
import { areZoneRulesOutdated, ZONE_RULES } from './zone-rules.ts';

describe('time zone rules', () => {
  it('the release is tested with are those of its Node.js', () => {
    const file = join(import.meta.dirname, '../../../../node_modules/node/bin/node');
    expect(execFileSync(file, ['-p', 'process.versions.tz'], { encoding: 'utf8' }).trim()).toBe(ZONE_RULES);
  });

  it.each([
    ['2025c', true],
    ['2026b', true],
    [ZONE_RULES, false],
    ['2026z', false],
    ['2027a', false],
  ])('of version %s are outdated: %s', (version, isOutdated) => {
    expect(areZoneRulesOutdated(version)).toBe(isOutdated);
  });

  it('have their version in the metrics', async () => {
    expect(await new Metrics('spec').registry.metrics()).toContain(
      `tandem_time_zone_rules_info{version="${process.versions['tz']}",service="spec"} 1`,
    );
  });
});
