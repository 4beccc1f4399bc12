import { describe, expect, it } from '@jest/globals';
import { afterCallSchema, agentContentSchema, analysisVersion, toSnapshot } from '../index.ts';
import type { TenantId } from '../index.ts';

const versionOf = (settings: object) => analysisVersion(afterCallSchema.parse(settings));
const property = (name: string) => ({ [name]: { type: 'string' } });

describe('the version of an analysis', () => {
  it('is that of the settings, in whatever order they are written', () => {
    const first = { extraction: { type: 'object', properties: { ...property('a'), ...property('b') } } };
    const second = { extraction: { properties: { ...property('b'), ...property('a') }, type: 'object' } };
    expect(versionOf(first)).toBe(versionOf(second));
    expect(versionOf({})).toBe(versionOf({ summary: true, outcomes: [] }));
  });

  it('changes with every setting', () => {
    const versions = [
      {},
      { summary: false },
      { language: 'de' },
      { instructions: 'x' },
      { maxSummaryLength: 99e1 },
    ];
    expect(new Set(versions.map(versionOf)).size).toBe(versions.length);
  });
});

describe('the settings for the time after the call', () => {
  const content = {
    name: 'Sarah',
    companyName: 'Test',
    timeZone: 'UTC',
    instructions: '',
    model: { kind: 'guided' },
  };

  it('are no part of the call', () => {
    const read = agentContentSchema.parse({ ...content, afterCall: { instructions: 'Be brief.' } });
    expect(read.afterCall).toMatchObject({ summary: true, followUps: 'record' });
    const ids = { agentId: 'a', agentVersion: 1, tenantId: 't' as TenantId };
    expect(toSnapshot(read, ids)).not.toHaveProperty('afterCall');
    expect(agentContentSchema.parse(content)).not.toHaveProperty('afterCall');
  });

  it.each<[string, object]>([
    ['an outcome with capitals', { outcomes: [{ key: 'Refund', description: 'x' }] }],
    ['an outcome without a description', { outcomes: [{ key: 'refund', description: ' ' }] }],
    ['data that is no object', { extraction: { type: 'string' } }],
    ['a reference', { extraction: { type: 'object', properties: { a: { $ref: '#' } } } }],
    ['a summary of no length', { maxSummaryLength: 0 }],
  ])('may not have %s', (_what, afterCall) => {
    expect(afterCallSchema.safeParse(afterCall).success).toBe(false);
  });
});
