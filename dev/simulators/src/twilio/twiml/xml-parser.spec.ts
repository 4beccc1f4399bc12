import { describe, expect, it } from '@jest/globals';
import { XmlError } from './xml-cursor.ts';
import { parseXml } from './xml-parser.ts';

describe('the XML parser', () => {
  it('reads elements, attributes, text, CDATA, references and comments', () => {
    const root = parseXml(
      '\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n<!-- hello --><R a="1 &amp; 2" b=\'"\'>\n <S/>x ' +
        '&lt;y&gt; &#65;&#x1F600;<![CDATA[<&>]]><?pi x?></R> <!-- end -->\n',
    );
    expect(root.name).toBe('R');
    expect([...root.attributes]).toEqual([
      ['a', '1 & 2'],
      ['b', '"'],
    ]);
    expect(
      root.children.map((child) => (typeof child === 'string' ? child : `<${child.name}@${child.line}>`)),
    ).toEqual(['\n ', '<S@3>', 'x <y> A😀', '<&>']);
  });

  it('turns line breaks in attributes into blanks', () => {
    expect(parseXml('<R a="x\n\ty"/>').attributes.get('a')).toBe('x  y');
  });

  it.each([
    ['nothing', ''],
    ['white space before the declaration', ' <?xml version="1.0"?><R/>'],
    ['text before the root', 'x<R/>'],
    ['a second root', '<R/><S/>'],
    ['text after the root', '<R/>x'],
    ['an unclosed element', '<R><S></R>'],
    ['an end without a start', '<R></S></R>'],
    ['the wrong case', '<R></r>'],
    ['an unquoted attribute', '<R a=1/>'],
    ['an attribute without value', '<R a/>'],
    ['an attribute given twice', '<R a="1" a="2"/>'],
    ['attributes without a blank between', '<R a="1"b="2"/>'],
    ['< in an attribute', '<R a="<"/>'],
    ['a bare ampersand in an attribute', '<R a="x&y=1"/>'],
    ['a bare ampersand in text', '<R>Tom & Jerry</R>'],
    ['an unknown entity', '<R>&nbsp;</R>'],
    ['a reference to no character', '<R>&#0;</R>'],
    ['a reference to a surrogate', '<R>&#xD800;</R>'],
    ['a control character', '<R>\u0001</R>'],
    ['a document type', '<!DOCTYPE R [<!ENTITY x "y">]><R>&x;</R>'],
    ['a declaration inside', '<R><!ELEMENT x></R>'],
    ['an open comment', '<R><!-- </R>'],
    ['-- in a comment', '<R><!-- a -- b --></R>'],
    ['an open CDATA section', '<R><![CDATA[x</R>'],
    [']]> in text', '<R>]]></R>'],
    ['a name that begins with a digit', '<1/>'],
    ['nesting without end', '<a>'.repeat(500)],
    ['a cut document', '<R><S a="1'],
  ])('refuses %s', (_, text) => {
    expect(() => parseXml(text)).toThrow(XmlError);
  });

  it('names the line of a fault', () => {
    expect(() => parseXml('<R>\n<S>\n</T>\n</R>')).toThrow('line 3');
  });
});
