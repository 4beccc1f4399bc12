import { describe, expect, it } from '@jest/globals';
import { differenceOf } from './json-patch.ts';

describe('the difference of two values', () => {
  it('is nothing when they are the same', () => {
    expect(differenceOf({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual([]);
  });

  it('adds, removes and replaces fields where they are', () => {
    expect(differenceOf({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 4, e: 5 } })).toEqual([
      { op: 'remove', path: '/a' },
      { op: 'replace', path: '/b/c', value: 4 },
      { op: 'remove', path: '/b/d' },
      { op: 'add', path: '/b/e', value: 5 },
    ]);
  });

  it('goes into lists of the same length', () => {
    expect(differenceOf({ a: [{ b: 1 }, 2] }, { a: [{ b: 3 }, 2] })).toEqual([
      { op: 'replace', path: '/a/0/b', value: 3 },
    ]);
  });

  it('replaces lists of another length as a whole', () => {
    expect(differenceOf({ a: [1, 2] }, { a: [1] })).toEqual([{ op: 'replace', path: '/a', value: [1] }]);
  });

  it('escapes slashes and tildes of names', () => {
    expect(differenceOf({}, { 'app/a~b': 'x' })).toEqual([{ op: 'add', path: '/app~1a~0b', value: 'x' }]);
  });
});
