import { describe, expect, it } from '@jest/globals';
import { consoleHeaders } from './console-headers.ts';

describe('the headers of the console', () => {
  it('keep browsers on https where the public address has it, and only there', () => {
    const [secure, plain] = [consoleHeaders('n', true), consoleHeaders('n', false)];
    expect(secure['Content-Security-Policy']).toMatch(/; upgrade-insecure-requests$/);
    expect(secure['Strict-Transport-Security']).toBe('max-age=31536000; includeSubDomains');
    expect(plain['Content-Security-Policy']).not.toContain('upgrade-insecure-requests');
    expect(plain).not.toHaveProperty('Strict-Transport-Security');
  });
});
