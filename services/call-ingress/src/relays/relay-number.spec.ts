import { describe, expect, it } from '@jest/globals';
import { relayNumber } from './relay-number.ts';

describe("the number in a relay's name", () => {
  it.each([
    ['relay-1', 1],
    ['relay-0', 0],
    ['tandem-media-relay-9999', 9_999],
    ['7', 7],
    ['relay', null],
    ['relay-01', null],
    ['relay-00', null],
    ['relay-10000', null],
    ['relay-1-eu', null],
  ])('of %s is %p', (relayId, number) => {
    expect(relayNumber(relayId)).toBe(number);
  });
});
