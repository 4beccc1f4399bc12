import { describe, expect, it } from '@jest/globals';
import { HandlersMismatched, TOOL_HANDLERS, verifyHandlers } from './handlers.ts';
import { declarationsFor, TOOL_DECLARATIONS } from './index.ts';

describe('the tools', () => {
  it('have handlers that match their declarations', () => {
    expect(() => verifyHandlers()).not.toThrow();
    expect(Object.keys(TOOL_HANDLERS)).toEqual(
      expect.arrayContaining(['lookup_customer', 'check_availability', 'book_appointment']),
    );
  });

  it('stop a worker that lacks a handler, or has one too many, and say what to do', () => {
    const declared = [
      { name: 'send_fax', place: 'worker' as const },
      { name: 'end_call', place: 'call' as const },
    ];
    expect(() => verifyHandlers(declared, {})).toThrow(HandlersMismatched);
    expect(() => verifyHandlers(declared, {})).toThrow(
      'send_fax has no handler: write libs/tools/src/send-fax/handler.ts',
    );
    expect(() => verifyHandlers(declared, { send_fax: 1, end_call: 1 })).toThrow(
      'the handler end_call has no worker tool',
    );
    expect(() => verifyHandlers([], { toString: 1 })).toThrow('the handler toString has no worker tool');
  });

  it('are given out by name, in the order asked, without those nobody knows', () => {
    expect(declarationsFor(['end_call', 'make_coffee', 'lookup_customer']).map((tool) => tool.name)).toEqual([
      'end_call',
      'lookup_customer',
    ]);
  });

  it('have names, descriptions and schemas a model can be shown', () => {
    expect(new Set(TOOL_DECLARATIONS.map((tool) => tool.name)).size).toBe(TOOL_DECLARATIONS.length);
    for (const tool of TOOL_DECLARATIONS) {
      expect(tool.name).toMatch(/^[a-z][a-z_]{2,63}$/);
      expect(tool.description.length).toBeGreaterThan(60);
      expect(tool.parameters).toMatchObject({ type: 'object' });
      // It travels with every session; a date pattern alone would double it.
      expect(JSON.stringify(tool.parameters).length).toBeLessThan(1200);
    }
  });

  it('put a caller through to the departments of their agent, and to nobody else', () => {
    const directory = ['sales', 'support'].map((key) => ({
      key,
      name: key,
      address: '+12025550170',
      mode: 'warm' as const,
      ringMs: 25_000,
      hours: [],
    }));
    const [transfer] = declarationsFor(['transfer_call'], { directory });
    const wish = { department: 'sales', reason: 'caller-asked', summary: 'Wants an offer.' };
    expect(transfer?.parse(wish)).toEqual({ ok: true, value: wish });
    for (const department of ['+12025550199', 'sales +12025550199', 'billing', ''])
      expect(transfer?.parse({ ...wish, department })).toMatchObject({ ok: false });
    expect(JSON.stringify(transfer?.parameters)).not.toContain('2025550170');
    expect(declarationsFor(['transfer_call', 'end_call']).map((tool) => tool.name)).toEqual(['end_call']);
  });

  it('run once the caller was asked, where their agent’s policy says so', () => {
    const names = ['book_appointment', 'move_appointment', 'cancel_appointment', 'join_waiting_list'];
    const asked = declarationsFor(names, {
      toolPolicy: Object.fromEntries(names.map((name) => [name, { confirm: true, maxPerCall: 2 }])),
    });
    expect(asked.map((tool) => tool.confirm)).toEqual(['when-confirmed', true, 'when-confirmed', true]);
    for (const { limits } of asked) {
      expect(limits).toMatchObject({ maxPerCall: 2 });
      expect(limits).not.toHaveProperty('confirm');
    }
    const booking = { service: 'plumbing', start: '2027-03-01T09:00:00-05:00' };
    const [held, plain] = [asked[0], declarationsFor(names)[0]];
    for (const confirmed of [undefined, null, false])
      expect(held?.parse({ ...booking, confirmed })).toEqual({
        ok: true,
        value: { ...booking, confirmed: false },
      });
    expect(held?.parse({ ...booking, confirmed: 'yes' })).toMatchObject({ ok: false });
    expect([plain?.confirm, plain?.parse({ ...booking, confirmed: false })]).toEqual([
      undefined,
      { ok: true, value: booking },
    ]);
    expect(
      declarationsFor(names, { toolPolicy: { cancel_appointment: { confirm: false } } })[2]?.confirm,
    ).toBe('when-confirmed');
  });

  it('end a call only for a reason there is', () => {
    const [endCall] = declarationsFor(['end_call']);
    expect(endCall?.place).toBe('call');
    expect(endCall?.parse({ reason: 'caller-done' })).toEqual({ ok: true, value: { reason: 'caller-done' } });
    expect(endCall?.parse({ reason: 'bored' })).toMatchObject({ ok: false });
  });
});
