import { describe, expect, it } from '@jest/globals';
import type { RelayId } from '@tandem/contracts';
import { Metrics } from '@tandem/platform';
import { CallbackTokens } from '../../callbacks/callback-tokens.ts';
import type { CarrierInstruction } from '../../ports/carrier-instruction.ts';
import type { StreamRef } from '../../ports/stream-ref.ts';
import { IngressMetrics } from '../../runtime/ingress-metrics.ts';
import { progressOf } from './softphone-calls.dto.ts';
import { SoftphoneCarrier } from './softphone-carrier.ts';

const stream = {
  callId: 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01',
  tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001',
  carrierCallId: 'SP-1',
  epoch: 2,
} as StreamRef;
const relay = { relayId: 'relay-1' as RelayId, address: 'ws://127.0.0.1:8081' };
const spoken = { text: 'One moment.', language: 'en-US' };

function given(publicMediaUrl?: string) {
  const config = { secrets: ['0123456789abcdef0123456789abcdef'], publicMediaUrl };
  const metrics = new IngressMetrics(new Metrics('call-ingress'));
  const tokens = new CallbackTokens(config, metrics);
  const carrier = new SoftphoneCarrier(config, tokens);
  const render = async (instruction: CarrierInstruction) =>
    JSON.parse(await carrier.render(instruction)) as Record<string, unknown>;
  return { tokens, render };
}

const CONNECT: CarrierInstruction = {
  kind: 'connect-relay',
  stream,
  relay,
  ticket: 'a ticket',
  notice: null,
};

describe('what a browser is told', () => {
  it('of a relay is its address, the ticket, and a token of this stream', async () => {
    const { render, tokens } = given();
    const { stream: token, ...step } = await render(CONNECT);
    expect(step).toEqual({
      action: 'connect',
      url: 'ws://127.0.0.1:8081/media/relay-1/softphone',
      ticket: 'a ticket',
    });
    expect(await tokens.verify(String(token), 'SP-1')).toEqual(stream);
    await expect(tokens.verify(String(token), 'SP-2')).rejects.toThrow();
  });

  it('of a relay behind a public address is that address', async () => {
    const { render } = given('wss://media.example.com/media/{relay}');
    expect((await render(CONNECT))['url']).toBe('wss://media.example.com/media/relay-1/softphone');
  });

  it('of a hold comes back as it was handed out', async () => {
    const { render } = given();
    const progress = { announcedPosition: 2, silentHolds: 1, unverifiedHolds: 0 };
    const step = await render({ kind: 'hold', spoken, holdS: 5, progress, keysFor: null });
    expect(step).toMatchObject({ action: 'wait', seconds: 5, text: spoken });
    expect(progressOf(String(step['progress']))).toEqual(progress);
    expect(progressOf('told=everything')).toEqual({ silentHolds: 0, unverifiedHolds: 0 });
  });

  it('of a person is that the agent comes back, for nobody is rung', async () => {
    const { render } = given();
    const dial = { kind: 'dial', address: '+12025550150', ringMs: 9, callerId: '', asksFirst: true } as const;
    expect(await render({ ...dial, stream })).toMatchObject({ action: 'transfer' });
    expect(JSON.stringify(await render({ ...dial, stream }))).not.toContain('2025550150');
    expect(await render({ ...dial, stream: null })).toMatchObject({ action: 'refuse' });
  });

  it('of an ending is its text, or nothing', async () => {
    const { render } = given();
    expect(await render({ kind: 'say-and-hang-up', reason: 'closed', spoken })).toEqual({
      action: 'refuse',
      text: spoken,
    });
    expect(await render({ kind: 'hang-up' })).toEqual({ action: 'hang-up' });
    expect(await render({ kind: 'kept-reply', reply: '{"action":"hang-up"}' })).toEqual({
      action: 'hang-up',
    });
  });
});
