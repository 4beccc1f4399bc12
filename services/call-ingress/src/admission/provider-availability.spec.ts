import { describe, expect, it } from '@jest/globals';
import { agentSnapshotSchema } from '@tandem/contracts';
import { ProviderAvailability } from './provider-availability.ts';

const agent = (changes: object = {}) =>
  agentSnapshotSchema.parse({
    agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
    agentVersion: 1,
    tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001',
    name: 'Sarah',
    companyName: 'Northwind',
    timeZone: 'UTC',
    instructions: '',
    model: { kind: 'openai-realtime' },
    ladder: [
      {
        kind: 'model',
        model: { kind: 'openai-realtime', model: 'gpt-realtime-2.1-mini' },
        endpoint: 'secondary',
      },
      { kind: 'message' },
    ],
    ...changes,
  });

function availability(isAnyWell: boolean) {
  const asked: string[][] = [];
  const states = {
    canAnyTake: (targets: readonly string[]) => (asked.push([...targets]), Promise.resolve(isAnyWell)),
  };
  return { asked, availability: new ProviderAvailability(states) };
}

describe('a new call', () => {
  it('is admitted when any model of the fallback chain is available', async () => {
    const { asked, availability: providers } = availability(true);
    expect(await providers.canTake(agent())).toBe(true);
    expect(asked).toEqual([['primary:default', 'secondary:gpt-realtime-2.1-mini']]);
  });

  it('is admitted without a check when a model of the fallback chain runs in the relay', async () => {
    const { asked, availability: providers } = availability(false);
    expect(await providers.canTake(agent({ ladder: [{ kind: 'model', model: { kind: 'guided' } }] }))).toBe(
      true,
    );
    expect(asked).toEqual([]);
  });

  it('is not admitted when no provider is available', async () => {
    expect(await availability(false).availability.canTake(agent())).toBe(false);
  });
});
