import { describe, expect, it } from '@jest/globals';
import { serviceSpecs } from './service-specs.ts';

const PORTS = {
  'call-ingress': 8080,
  'crm-api': 8082,
  'control-api': 8083,
  'tool-worker': 8084,
  'post-call-worker': 8085,
  relays: [8081, 8091, 8092],
};

describe('the relays of a stack', () => {
  it.each([
    ['9092', ['9092', '9093', '9094']],
    ['0', ['0', '0', '0']],
  ])('have AudioSockets of their own from port %s on', (first, expected) => {
    const options = { log: () => undefined, relays: 3 };
    const { relays } = serviceSpecs(options, PORTS, { AUDIOSOCKET_PORT: first });
    expect(relays.map(({ env }) => (env as Record<string, string>)['AUDIOSOCKET_PORT'])).toEqual(expected);
  });
});
