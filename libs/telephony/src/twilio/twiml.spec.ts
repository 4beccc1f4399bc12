import { describe, expect, it } from '@jest/globals';
import { connectStreamTwiml, farewellTwiml, holdTwiml } from './twiml.ts';
import { askPersonTwiml, dialPersonTwiml } from './person-twiml.ts';
import { speakable } from './spoken-text.ts';

/** Every character below U+10000, each surrogate alone, and some characters above. */
const EVERYTHING = Array.from({ length: 0x10000 }, (_, code) => `${String.fromCharCode(code)} `);
const BEYOND = ['\u{10000}', '\u{1F4DE}', '\u{1FFFE}', '\u{10FFFF}'];
const HOSTILE = [
  '\u0007',
  '\0',
  '\u001b[31m',
  '\ud800',
  '\udc00x',
  '\ufffe',
  '\uffff',
  '\u0085',
  '<Hangup/>',
  ']]>',
  '&#0;',
  '&bogus;',
  '<!--',
  '"\'>',
  '\u202e',
  ...BEYOND,
];

const documents = (text: string): string[] => [
  farewellTwiml({ text, language: 'en-US' }),
  farewellTwiml({ text: 'Hello.', language: text }),
  holdTwiml({ spoken: { text, language: 'en-US' }, holdS: 5, askAgainUrl: 'https://x.example/a' }),
  holdTwiml({
    spoken: { text, language: 'en-US' },
    holdS: 5,
    askAgainUrl: 'https://x.example/a',
    keyUrl: 'https://x.example/k',
  }),
  askPersonTwiml({ spoken: { text, language: text }, hints: [text], actionUrl: 'https://x.example/a' }),
  dialPersonTwiml({ address: text, ringMs: 5_000, callerId: text }),
  dialPersonTwiml({ address: `sip:${text}`, ringMs: 5_000, callerId: text }),
  connectStreamTwiml({
    streamUrl: 'wss://x.example',
    actionUrl: 'https://x.example/a',
    statusUrl: 'https://x.example/s',
    parameters: { ticket: 'x' },
    notice: { text, language: 'en-US' },
  }),
];

describe('TwiML', () => {
  it.each([...HOSTILE, 'all of them'].map((text) => [JSON.stringify(text), text]))(
    'is built with every text: %s',
    (_name, text) => {
      for (const words of text === 'all of them'
        ? chunks(EVERYTHING, 2_000)
        : [text, `We do not${text} take this call.`]) {
        for (const document of documents(words)) expect(document).toMatch(/^<\?xml[\s\S]*<\/Response>$/);
      }
    },
  );

  it('keeps the words around characters that are not allowed', () => {
    expect(farewellTwiml({ text: 'We do not\u0007 take\ud800 this call.', language: 'en-US' })).toContain(
      '<Say language="en-US">We do not  take  this call.</Say>',
    );
    expect(speakable('Grüß Gott, 李 📞\n<now>')).toBe('Grüß Gott, 李 📞\n<now>');
  });

  it('has no speech for a text without words', () => {
    expect(farewellTwiml({ text: '\u0007 … ', language: 'en-US' })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>',
    );
  });

  it('is cut to the carrier’s longest text, never inside a character', () => {
    expect(speakable('📞'.repeat(5_000))).toHaveLength(4_096);
    expect(speakable(`x${'📞'.repeat(5_000)}`)).toMatch(/^x(?:📞)+$/u);
  });

  it('dials an encrypted SIP address as one', () => {
    expect(
      dialPersonTwiml({ address: 'sips:sales@example.com', ringMs: 5_000, callerId: '+12025550100' }),
    ).toContain('<Sip>sips:sales@example.com</Sip>');
  });
});

function chunks(parts: readonly string[], size: number): string[] {
  return Array.from({ length: Math.ceil(parts.length / size) }, (_, index) =>
    parts.slice(index * size, (index + 1) * size).join(''),
  );
}
