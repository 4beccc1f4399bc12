import { describe, expect, it } from '@jest/globals';
import { areaCodesOf, normalPlace, normalPostcode } from './postcode.ts';

describe('a postcode', () => {
  it.each([
    ['sw1a 1aa', 'SW1A1AA'],
    ['SW1A-1AA', 'SW1A1AA'],
    ['12207\u20131234', '122071234'],
    ['\uff11\uff12\uff12\uff10\uff17', '12207'],
    ['1012 ab.', '1012AB'],
  ])('%s is compared as %s', (text, code) => {
    expect(normalPostcode(text)).toBe(code);
  });

  it.each(['', ' - ', 'ab_1', '12345678901', 'Größe', '12207; DROP'])('is none: %j', (text) => {
    expect(normalPostcode(text)).toBeNull();
  });

  it.each([
    ['SW1A1AA', { GB: 'SW1A' }],
    ['M11AE', { GB: 'M1' }],
    ['122071234', { US: '12207' }],
    ['K1A0B1', { CA: 'K1A' }],
    ['1012AB', { NL: '1012' }],
    ['D02X285', { IE: 'D02' }],
    ['1000205', { PT: '1000' }],
    ['01310100', { BR: '01310' }],
    ['12207', {}],
    ['SW1A', {}],
  ])('%s stands in the area %j', (code, areas) => {
    expect(areaCodesOf(code)).toEqual(areas);
  });
});

describe('the name of a place', () => {
  it.each([
    ['  Saint-Denis ', 'saint denis'],
    ['São Paulo', 'sao paulo'],
    ["St. John's", 'st johns'],
    ['KÖLN (Süd)', 'koln sud'],
    ['東京', '東京'],
    ['?!', ''],
  ])('%s is compared as %s', (text, place) => {
    expect(normalPlace(text)).toBe(place);
  });
});
