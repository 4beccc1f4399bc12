import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fillJson, fillSecrets, fillUrl, parseUrlTemplate, type UrlTemplate } from './http-template.ts';

const parsed = (text: string): UrlTemplate => {
  const template = parseUrlTemplate(text);
  if (typeof template === 'string') throw new TypeError(template);
  return template;
};
const fill = (text: string, values: Parameters<typeof fillUrl>[1]) => fillUrl(parsed(text), values);

describe('the URL of a request', () => {
  it('has arguments in path and query, encoded', () => {
    expect(
      fill('https://api.example.com/a/{x}/b-{y}?q={x}&r=1&s', { x: 'ü/ ?#&=%', y: 7, z: 'unused' }),
    ).toEqual({
      url: 'https://api.example.com/a/%C3%BC%2F%20%3F%23%26%3D%25/b-7?q=%C3%BC%2F%20%3F%23%26%3D%25&r=1&s',
    });
  });

  it('leaves out what has no value, and needs what its path names', () => {
    expect(fill('https://a.example/?q={x}&r={y}-{x}', { y: true })).toEqual({
      url: 'https://a.example/?r=true-',
    });
    expect(fill('https://a.example/{x}', {})).toEqual({ problem: 'x: is needed' });
    expect(fill('https://a.example', {})).toEqual({ url: 'https://a.example/' });
  });

  it.each(['.', '..', '%2e', '%2E%2e', '.%2e'])('does not go up by %s', (x) => {
    const filled = fill('https://a.example/b/{x}/c', { x });
    if ('url' in filled) expect(new URL(filled.url).pathname.split('/')).toHaveLength(4);
    else expect(filled.problem).toContain('dots');
    expect(fill('https://a.example/b/{x}{y}', { x: '.', y: '.' })).toHaveProperty('problem');
  });

  it('stays at its host, and in its place of the path, for any argument', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (x) => {
        const filled = fill('https://api.example.com:8443/orders/{x}/lines?by={x}&z=1', { x });
        if ('problem' in filled) return expect(['.', '..']).toContain(x);
        const url = new URL(filled.url);
        expect([url.origin, url.username, url.hash]).toEqual(['https://api.example.com:8443', '', '']);
        const segments = url.pathname.split('/');
        expect([segments.length, segments[1], segments[3]]).toEqual([4, 'orders', 'lines']);
        expect(decodeURIComponent(segments[2] ?? '')).toBe(x.toWellFormed());
        expect([...url.searchParams.keys()]).toEqual(['by', 'z']);
        expect(url.searchParams.get('by')).toBe(x.toWellFormed());
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    'https://{x}/',
    'https://{x}.example.com/',
    'https://a.example:{x}/',
    '{x}://a.example/',
    'https://{x}@a.example/',
    'https://u:p@a.example/',
    'https://a.example\\{x}',
    'https://a.example/#{x}',
    'https://a.example/?{x}=1',
    'https://a.example/?{x}',
    'https://a.example/{x',
    'https://a.example/{x y}',
    'https://a.example/../{x}',
    'https://a.example/%2e%2E/{x}',
    'ftp://a.example/{x}',
    'https:///{x}',
    '//a.example/{x}',
    'https://ä.example/{x}',
    'https://a.example/{x}\n',
    '',
  ])('is no template: %j', (text) => {
    expect(parseUrlTemplate(text)).toEqual(expect.any(String));
  });
});

describe('the body of a request', () => {
  it('has values as they are, and texts with values in them', () => {
    const values = { n: 3, list: [1, 'a'], text: '"} ü', no: undefined, nil: null };
    expect(
      fillJson(
        { a: '{n}', b: '{list}', c: 'x {n} {text}', d: '{no}', e: ['{no}', '{nil}'], f: '{not it}', g: 1 },
        values,
      ),
    ).toEqual({ a: 3, b: [1, 'a'], c: 'x 3 "} ü', e: [null, null], f: '{not it}', g: 1 });
    expect(fillJson('{no}', values)).toBeUndefined();
  });

  it('does not fill values in again', () => {
    expect(fillJson('{a} {b}', { a: '{b}', b: 'x' })).toBe('{b} x');
  });
});

describe('the secrets of a header', () => {
  it('are put in by name; one that is missing leaves no header', () => {
    const secret = (name: string) => (name === 'A' ? '$& $1' : null);
    expect(fillSecrets('Bearer {secret:A}', secret)).toBe('Bearer $& $1');
    expect(fillSecrets('{secret:A}{secret:B}', secret)).toBeNull();
  });
});
