import { describe, expect, it } from '@jest/globals';
import { consentWordOf } from './consent-words.ts';
import { isLaterStatus } from './message.ts';
import { shortMessage } from './sms-text.ts';

describe('a word about consent', () => {
  it.each([
    ['STOP', 'stop'],
    [' Stop. ', 'stop'],
    ['"stop all"', 'stop'],
    ['Opt-out', 'stop'],
    ['ARRÊT', 'stop'],
    ['start', 'start'],
    ['Help!', 'help'],
    ['yes', null],
    ['Please stop by at nine', null],
    ['', null],
  ])('%j means %s', (body, meaning) => {
    expect(consentWordOf(body)).toBe(meaning);
  });

  it('is the carrier’s own where it says one', () => {
    expect(consentWordOf('Leave me alone', 'STOP')).toBe('stop');
    expect(consentWordOf('stop', 'UNKNOWN')).toBe('stop');
  });
});

describe('the status of a message', () => {
  it('goes on and never back', () => {
    expect(isLaterStatus('delivered', 'sent')).toBe(true);
    expect(isLaterStatus('sent', 'delivered')).toBe(false);
    expect(isLaterStatus('failed', 'delivered')).toBe(false);
    expect(isLaterStatus('delivered', 'uncertain')).toBe(true);
    expect(isLaterStatus('sent', 'suppressed')).toBe(false);
  });
});

describe('a text message', () => {
  const sentence = 'We are open from eight to five on weekdays. ';

  it('stays as it is when it is short, with plain characters for typographic ones', () => {
    expect(shortMessage(' It’s “open” – until 5…\n\n Bye ')).toBe(`It's "open" - until 5...\nBye`);
    expect(shortMessage('Bis später, 20 €')).toBe('Bis später, 20 €');
  });

  it('ends after the last sentence that fits into 320 characters', () => {
    const text = shortMessage(sentence.repeat(20));
    expect(text).toBe(sentence.repeat(7).trim());
    expect(text.length).toBeLessThanOrEqual(320);
  });

  it('ends after a word where no sentence does', () => {
    const text = shortMessage('word '.repeat(200));
    expect([text.length <= 320, text.endsWith('word...')]).toEqual([true, true]);
  });

  it('counts characters that take two', () => {
    const text = shortMessage(`${'€'.repeat(400)}`);
    expect(text).toBe(`${'€'.repeat(158)}...`);
  });

  it('is shorter where it needs UTF-16, and never cuts a character in half', () => {
    const text = shortMessage('👩‍👩‍👧'.repeat(100));
    expect(text.length).toBeLessThanOrEqual(268);
    expect(text.isWellFormed()).toBe(true);
    expect(text.replace('...', '')).toBe('👩‍👩‍👧'.repeat(33));
  });
});
