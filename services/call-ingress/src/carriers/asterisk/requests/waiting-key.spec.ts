import { describe, expect, it } from '@jest/globals';
import type { StreamKeys } from '@tandem/call-state';
import { Metrics, type ServiceConfig } from '@tandem/platform';
import type { Request, Response } from 'express';
import { CallbackTokens } from '../../../callbacks/callback-tokens.ts';
import { HANG_UP } from '../../../ports/carrier-instruction.ts';
import type { StreamRef } from '../../../ports/stream-ref.ts';
import { IngressMetrics } from '../../../runtime/ingress-metrics.ts';
import { AsteriskCarrier } from '../adapter/asterisk-carrier.ts';
import { AsteriskControl } from '../adapter/asterisk-control.ts';
import { AsteriskCallsController } from './asterisk-calls.controller.ts';
import { keyForm } from './asterisk-forms.ts';

const config = {
  secrets: ['0123456789abcdef0123456789abcdef'],
  asteriskControl: [],
} as unknown as ServiceConfig<'call-ingress'>;
const stream = {
  callId: 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01',
  tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001',
  carrierCallId: 'pbx1/1700000000.1',
  epoch: 1,
} as StreamRef;
const tokens = new CallbackTokens(config, new IngressMetrics(new Metrics('call-ingress')));
const carrier = new AsteriskCarrier({} as StreamKeys, tokens, new AsteriskControl(config));
const nobody = {} as never;

/** Returns the key that the waiting room is told of when the dialplan reports this one. */
async function toldOf(form: { readonly digit: string; readonly offered?: string }) {
  const told: unknown[] = [];
  const waiting = {
    handleKey: (_stream: StreamRef, key: string | undefined) => Promise.resolve((told.push(key), HANG_UP)),
  };
  const parts = [config, nobody, nobody, nobody, waiting as never, nobody, tokens, carrier] as const;
  const controller = new AsteriskCallsController(...parts);
  const asked = { token: await tokens.sign(stream), uniqueid: '1700000000.1', pbx: 'pbx1', ...form };
  const response = { type: () => ({ send: () => undefined }) } as unknown as Response;
  await controller.key(keyForm.parse(asked), { header: () => undefined } as unknown as Request, response);
  return told;
}

describe('a key of a caller who waits at a PBX', () => {
  it('is taken where the dialplan says that the caller has heard the offer', async () => {
    expect(await toldOf({ digit: '1', offered: '1' })).toEqual(['1']);
  });

  it('means nothing where it does not: the key was pressed by chance', async () => {
    expect(await toldOf({ digit: '1' })).toEqual([undefined]);
    expect(await toldOf({ digit: '1', offered: '0' })).toEqual([undefined]);
  });
});

describe('a waiting caller of a PBX', () => {
  it('is offered a call back with a sound only in the turn that announces it', async () => {
    const hold = { kind: 'hold', holdS: 5, progress: { announcedPosition: 2, silentHolds: 0 } } as const;
    const spoken = { text: 'You are number 2 in line.', language: 'en-US' };
    const offerOf = async (keysFor: StreamRef | null, isSpoken: boolean) =>
      JSON.parse(await carrier.render({ ...hold, keysFor, spoken: isSpoken ? spoken : null })) as object;
    expect(await offerOf(stream, true)).toMatchObject({ position: 2, offer: 'tandem/callback-offer' });
    expect(await offerOf(stream, false)).toMatchObject({ offer: '' });
    expect(await offerOf(null, true)).toMatchObject({ offer: '', token: '' });
  });
});
