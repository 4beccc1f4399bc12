import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { ConsoleOrigin } from './console-origin.ts';

const LOCAL = { host: '127.0.0.1:8083', origin: 'http://127.0.0.1:8083' };
const PUBLIC = { host: 'console.example.com', origin: 'https://console.example.com' };

/** Returns the code of the refusal; null for a request that passes. */
function refusalOf(consoleUrl: string | undefined, headers: Record<string, string>, method = 'POST') {
  const request = {
    method,
    headers,
    is: (type: string) => headers['content-type']?.startsWith(type) ?? false,
  } as unknown as Request;
  try {
    new ConsoleOrigin(consoleUrl).check(request);
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('the origin of requests that change something', () => {
  it('is this machine without a public address, as the browser names it', () => {
    for (const host of ['localhost:8083', '127.0.0.1:8083', '[::1]:8083'])
      expect(refusalOf(undefined, { host, origin: `http://${host}` })).toBeNull();
  });

  it.each([
    ['another port of this machine', { ...LOCAL, origin: 'http://127.0.0.1:9999' }],
    ['another name of this machine', { ...LOCAL, origin: 'http://localhost:8083' }],
    ['a name that leads to this machine', { host: 'evil.example', origin: 'http://evil.example' }],
    ['a page without an address', { ...LOCAL, origin: 'null' }],
    ['another site, by its own word', { ...LOCAL, 'sec-fetch-site': 'cross-site' }],
    ['another host of the site', { ...LOCAL, 'sec-fetch-site': 'same-site' }],
    ['no browser', { host: LOCAL.host }],
    ['a host that is none', { host: 'a b', origin: 'http://a b' }],
  ])('is not %s', (_, headers) => {
    expect(refusalOf(undefined, headers)).toBe('origin-refused');
  });

  it('is the public address where there is one, whatever the proxy makes of the host', () => {
    const url = 'https://console.example.com';
    expect(refusalOf(url, PUBLIC)).toBeNull();
    expect(refusalOf(url, { ...PUBLIC, host: 'control-api:8083' })).toBeNull();
    expect(refusalOf(url, { ...PUBLIC, origin: 'http://console.example.com' })).toBe('origin-refused');
    expect(refusalOf(url, { ...PUBLIC, origin: 'https://console.example.com.evil.example' })).toBe(
      'origin-refused',
    );
    expect(refusalOf(url, LOCAL)).toBe('origin-refused');
  });

  it('is not asked of requests that read', () => {
    expect(refusalOf(undefined, { host: 'evil.example' }, 'GET')).toBeNull();
  });

  it('is believed from browsers that tell the site alone', () => {
    expect(refusalOf(undefined, { host: LOCAL.host, 'sec-fetch-site': 'same-origin' })).toBeNull();
  });

  it.each([
    ['text/plain', 'json-only'],
    ['application/x-www-form-urlencoded', 'json-only'],
    ['multipart/form-data', 'json-only'],
    ['application/json', null],
  ])('sends a body as %s: %s', (type, refusal) => {
    expect(refusalOf(undefined, { ...LOCAL, 'content-type': type, 'content-length': '2' })).toBe(refusal);
    expect(refusalOf(undefined, { ...LOCAL, 'content-type': type, 'transfer-encoding': 'chunked' })).toBe(
      refusal,
    );
  });
});
