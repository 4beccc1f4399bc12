import { describe, expect, it } from '@jest/globals';
import { readXml } from './xml.ts';

describe('the XML of WebDAV', () => {
  it('is read with namespaces of any prefix, entities, CDATA and empty elements', () => {
    const text =
      '\ufeff<?xml version="1.0"?><!-- a --><a xmlns="one" xmlns:b=\'two\'><b:c x="1"/>' +
      '<d>1 &lt; 2 &amp; &#x41;&#66;</d><e><![CDATA[<raw>]]></e></a>\n';
    const root = readXml(text);
    expect(root.name).toBe('{one}a');
    expect(root.children.map(({ name, text: inner }) => [name, inner])).toEqual([
      ['{two}c', ''],
      ['{one}d', '1 < 2 & AB'],
      ['{one}e', '<raw>'],
    ]);
  });

  it.each([
    ['no element', 'text'],
    ['an open element', '<a><b></b>'],
    ['crossed elements', '<a><b></a></b>'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['a comment without an end', '<a><!-- </a>'],
    ['elements that are nested too deeply', '<a>'.repeat(100) + '</a>'.repeat(100)],
  ])('is refused with %s', (_, text) => {
    expect(() => readXml(text)).toThrow('unreadable-answer');
  });

  it.each(['<a', '<?', '<a b', '<a b=', '<!--', '&'])(
    'is refused at once, however often there is %j',
    (part) => {
      expect(() => readXml(part.repeat(2_000_000))).toThrow('unreadable-answer');
    },
  );
});
