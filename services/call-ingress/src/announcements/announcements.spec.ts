import { describe, expect, it } from '@jest/globals';
import { holdMessage, refusalMessage } from './announcements.ts';

const hold = (changes: object = {}) =>
  holdMessage({
    company: 'Northwind',
    language: 'en-US',
    position: 3,
    isFirstTime: true,
    offersCallback: true,
    ...changes,
  });

describe('a caller who may wait', () => {
  it('hears why, their position, and how to be called back', () => {
    expect(hold().text).toBe(
      'Thank you for calling Northwind. All our lines are busy right now. Please hold the line. You are ' +
        'number 3 in line. If you would like us to call you back instead, press 1.',
    );
    expect(hold({ offersCallback: false, position: 1 }).text).toBe(
      'Thank you for calling Northwind. All our lines are busy right now. Please hold the line. You are ' +
        'next in line.',
    );
  });

  it('hears only their new position when they move up', () => {
    expect(hold({ isFirstTime: false, position: 2 }).text).toBe(
      'You are number 2 in line. If you would like us to call you back instead, press 1.',
    );
  });

  it.each(['en-US', 'de-AT', 'es', 'fr-CA'])('hears %s without placeholders left', (language) => {
    for (const position of [1, 2]) {
      const spoken = hold({ language, position });
      expect(spoken.language).toBe(language);
      expect(spoken.text).not.toMatch(/[{}]|undefined/);
    }
    expect(refusalMessage('callback-requested', 'Northwind', language).text).toMatch(/Northwind/);
  });

  it('hears English when there are no texts in their language', () => {
    expect(hold({ language: 'pt-BR' })).toMatchObject({ language: 'en-US' });
  });
});
