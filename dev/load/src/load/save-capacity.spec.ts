import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Capacity } from './capacity.ts';
import { saveCapacity } from './save-capacity.ts';

const NOTHING: Capacity = {
  machine: 'a machine',
  isPinned: true,
  straight: null,
  ramp: null,
  recordedRamp: null,
  isolation: null,
  churn: null,
};
const conditions = {
  measuredAt: '2026-11-25T20:00:00Z',
  othersShare: 0.02,
  otherCoreShare: 0.4,
  isRecorded: false,
};
const spread = { count: 1, p50Ms: 0.1, p95Ms: 0.2, p99Ms: 0.3, p999Ms: 0.4, maxMs: 0.5 };
const walk = { toModel: spread, toCaller: spread };
const isolation = {
  ...conditions,
  calls: 50,
  alone: walk,
  beside: walk,
  shiftMs: 0,
  lost: 0,
  floodFrames: 4_711,
  floodFramesDropped: 4_000,
  stalledEnded: 3,
};
const churn = (calls: number) => ({
  ...conditions,
  seconds: 1_800,
  atOnce: 60,
  calls,
  lost: 0,
  samples: [],
  residentMbPerHour: 0,
  lowestHeapMbPerHour: 0,
  resourcesLeft: 0,
});

let root: string;
const page = () => readFileSync(join(root, 'docs/capacity.md'), 'utf8');
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tandem-capacity-'));
  mkdirSync(join(root, 'docs'));
  writeFileSync(join(root, 'docs/capacity.md'), 'before\n<!-- figures -->\n<!-- end of figures -->\nafter\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('figures that are saved', () => {
  it('replace the old figures on the page', () => {
    saveCapacity({ ...NOTHING, isolation }, root);
    expect(page()).toMatch(
      /^before\n<!-- figures -->\n[^]*4711, 4000[^]*\n<!-- end of figures -->\nafter\n$/,
    );
  });

  it('replace figures of the same part only', () => {
    saveCapacity({ ...NOTHING, churn: churn(111) }, root);
    saveCapacity({ ...NOTHING, isolation }, root);
    saveCapacity({ ...NOTHING, churn: churn(222) }, root);
    expect(page()).toContain('4711');
    expect(page()).toContain('222 calls');
    expect(page()).not.toContain('111 calls');
  });

  it('name their round trip', () => {
    saveCapacity(
      { ...NOTHING, isolation: { ...isolation, link: '20–250 ms round trip' }, churn: churn(111) },
      root,
    );
    expect(page()).toContain('| isolation, measured | 2026-11-25, calls not recorded, 20–250 ms round trip;');
    expect(page()).toContain('| churn, measured | 2026-11-25, calls not recorded, no round trip;');
  });

  it('cause an error when the page has no place for them', () => {
    writeFileSync(join(root, 'docs/capacity.md'), 'no marks\n');
    expect(() => saveCapacity({ ...NOTHING, isolation }, root)).toThrow('no place for the table');
  });
});
