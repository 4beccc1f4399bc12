import { describe, expect, it } from '@jest/globals';
import { CALL_PARAMETER_LIMITS, callParametersSchema, MAX_PARTY_LENGTH } from '@tandem/contracts';
import { ringingCall } from './ringing-call.ts';
import { voiceForm } from './twilio-forms.ts';

const call = (change: object, country?: string) =>
  ringingCall(
    voiceForm.parse({
      CallSid: `CA${'0'.repeat(32)}`,
      From: '+12025550123',
      To: '+12025550100',
      CallStatus: 'ringing',
      Direction: 'inbound',
      ...change,
    }),
    country,
  );

describe('a ringing call', () => {
  it.each([
    '+12025550100',
    '12025550100',
    'sip:12025550100@northwind.sip.us1.twilio.com',
    'sip:+12025550100;npdi@host',
    'sips:+1-202-555-0100:secret@host:5061;transport=tls',
    'tel:+1-202-555-0100;phone-context=x',
  ])('to %s rings at the number', (To) => {
    expect(call({ To })).toMatchObject({ dialled: '+12025550100', to: '+12025550100' });
  });

  it('to a number without country code is read with the deployment’s country', () => {
    expect(call({ To: '2025550100' }).dialled).toBeNull();
    expect(call({ To: '2025550100', From: '2025550123' }, 'US')).toMatchObject({
      dialled: '+12025550100',
      from: '+12025550123',
    });
    expect(call({ To: 'sip:03012345678@host' }, 'DE').dialled).toBe('+493012345678');
  });

  it.each([
    ['+12025550123', '+12025550100', '+12025550123'],
    ['12025550123', '+12025550100', '+12025550123'],
    ['2025550123', '+12025550100', '+12025550123'],
    ['sip:2025550123@pbx.example.com', 'sip:12025550100@host', '+12025550123'],
    ['015112345678', '+493012345678', '+4915112345678'],
    ['12025550123', '+493012345678', '+12025550123'],
    ['+5215500000000', '+12025550100', '+525500000000'],
  ])('from %s, to %s, is a call of %s', (From, To, e164) => {
    expect(call({ From, To })).toMatchObject({ identity: { e164, isWithheld: false }, from: e164 });
  });

  it.each([
    '',
    ' ',
    'anonymous',
    'Restricted',
    '+266696687',
    '266696687',
    'sip:anonymous@anonymous.invalid',
    'sip:266696687@host',
  ])('from %j is withheld', (From) => {
    expect(call({ From })).toMatchObject({ identity: { e164: null, isWithheld: true }, from: 'anonymous' });
  });

  it('without a From field is withheld too', () => {
    expect(call({ From: undefined })).toMatchObject({ identity: { isWithheld: true }, from: 'anonymous' });
  });

  it('keeps an address without a number as received, up to the longest one accepted', () => {
    const address = `sip:${'a'.repeat(MAX_PARTY_LENGTH - 16)}@example.com`;
    expect(address).toHaveLength(MAX_PARTY_LENGTH);
    expect(call({ From: address, To: address })).toMatchObject({
      identity: { e164: null, isWithheld: false },
      from: address,
      to: address,
      dialled: null,
    });
    expect(() => call({ From: `${address}x` })).toThrow();
  });

  it.each(['client:ada_1', 'client:12025550123', 'client:anonymous'])(
    'from the app %s has no number',
    (From) => {
      expect(call({ From }, 'US')).toMatchObject({
        identity: { e164: null, isWithheld: false },
        from: From,
        dialled: '+12025550100',
      });
    },
  );

  it('from an app brings what the app said of it, and nothing else of the form', () => {
    const given = { orderId: '47-11', page: 'che\0ckout', Caller: 'client:ada', ApiVersion: '2010-04-01' };
    expect(call({ From: 'client:ada', ...given }).parameters).toEqual({ orderId: '47-11', page: 'checkout' });
    expect(call({ From: 'client:ada' }).parameters).toBeUndefined();
    expect(call({ From: '+12025550123', ...given }).parameters).toBeUndefined();
  });

  it('from an app that says too much brings a part of it', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`p${at}`, 'x'.repeat(1_000)]));
    const { parameters } = call({ From: 'client:ada', ...many });
    expect(Object.keys(parameters ?? {})).toHaveLength(CALL_PARAMETER_LIMITS.count);
    expect(callParametersSchema.safeParse(parameters).success).toBe(true);
    const odd = { ['n'.repeat(41)]: 'x', 'with space': 'x', __proto__x: 'x', empty: '', list: ['a', 'b'] };
    expect(call({ From: 'client:ada', ...odd }).parameters).toBeUndefined();
  });

  it.each(['', '\0', 'a\0b', 'client:2025550100x', '٣٤٥٦٧٨٩', '+', 'sip:@host'])(
    'to %j has no dialled number',
    (To) => {
      expect(call({ To }, 'US').dialled).toBeNull();
    },
  );
});
