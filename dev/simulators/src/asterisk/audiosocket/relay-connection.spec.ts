import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@tandem/kit';
import { deadAddress } from '../../twilio/testing/bench.ts';
import { FakeRelay } from '../testing/fake-relay.ts';
import { connectToRelay, parseServiceAddress } from './relay-connection.ts';

describe('an address of a relay', () => {
  it.each([
    ['10.0.0.1:9092', { host: '10.0.0.1', port: 9092 }],
    ['relay.internal:9092', { host: 'relay.internal', port: 9092 }],
    ['[::1]:9092', { host: '::1', port: 9092 }],
    ['10.0.0.1', null],
    ['10.0.0.1:0', null],
    ['10.0.0.1:70000', null],
    [':9092', null],
    ['', null],
  ])('%s is read', (text, expected) => {
    expect(parseServiceAddress(text)).toEqual(expected);
  });
});

describe('connecting to a relay', () => {
  const relay = new FakeRelay();
  const clock = new ManualClock();

  beforeEach(() => relay.start());
  afterEach(() => relay.stop());

  it('gives the connection, and leaves no timer behind', async () => {
    const socket = await connectToRelay(relay.address, clock);
    expect(typeof socket).not.toBe('string');
    if (typeof socket !== 'string') socket.destroy();
    expect(clock.pendingTimers).toBe(0);
  });

  it('tells why there is none', async () => {
    expect(await connectToRelay(await deadAddress(), clock)).toContain('ECONNREFUSED');
    expect(await connectToRelay('nowhere.invalid:9092', clock)).toContain('has no address');
    expect(await connectToRelay('relay', clock)).toContain('host:port');
  });
});
