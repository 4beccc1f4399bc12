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
    ladder: [{ kind: 'model', model: { kind: 'openai-realtime', model: 'gpt-realtime-2.1-mini' }, endpoint: 'secondary' }, { kind: 'message' }],
    ...changes,
  });

function availability(isAnyWell: boolean) {
  const asked: string[][] = [];
  const states = { canAnyTake: (targets: readonly string[]) => (asked.push([...targets]), Promise.resolve(isAnyWell)) };
  return { asked, availability: new ProviderAvailability(states, { value: 'https://voice.example.com' }) };
}

describe('a new call', () => {
  it('is taken when any model of the ladder may be asked', async () => {
    const { asked, availability: providers } = availability(true);
    expect(await providers.missing(agent(), 'en-US', 0)).toBeNull();
    expect(asked).toEqual([['primary:default', 'secondary:gpt-realtime-2.1-mini']]);
  });

  it('is taken without asking when a model of the ladder runs in the relay', async () => {
    const { asked, availability: providers } = availability(false);
    expect(await providers.missing(agent({ ladder: [{ kind: 'model', model: { kind: 'guided' } }] }), 'en-US', 0)).toBeNull();
    expect(asked).toEqual([]);
  });

  it('that no provider can take is turned away, or waits and asks again, told once', async () => {
    const { availability: providers } = availability(false);
    expect(await providers.missing(agent(), 'en-US', 0)).toBe('provider-unavailable');
    const waiting = agent({ whenUnavailable: 'queue' });
    const first = (await providers.missing(waiting, 'en-US', 0)) as { twiml: string };
    expect(first.twiml).toMatch(/<Say[^>]*>Thank you for calling Northwind.*hold the line.*<\/Say><Pause length="10"\/><Redirect method="POST">https:\/\/voice\.example\.com\/twilio\/voice\?holds=1<\/Redirect>/);
    const second = (await providers.missing(waiting, 'en-US', 1)) as { twiml: string };
    expect(second.twiml).not.toContain('<Say');
    expect(second.twiml).toContain('holds=2');
    expect(await providers.missing(waiting, 'en-US', 12)).toBe('provider-unavailable');
  });

  it('that finds no relay with room waits the same way, or is turned away for that', () => {
    const { availability: providers } = availability(true);
    expect(providers.orWait('no-capacity', agent(), 'en-US', 0)).toBe('no-capacity');
    expect((providers.orWait('no-capacity', agent({ whenUnavailable: 'queue' }), 'en-US', 0) as { twiml: string }).twiml).toContain('hold the line');
  });
});
