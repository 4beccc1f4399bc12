import { describe, expect, it } from '@jest/globals';
import { CALENDAR, Conversation, free, ok } from '../../testing/booking-conversation.ts';

const NOT_CONFIRMED = { status: 'refused', reason: 'not-confirmed' } as const;

describe('the guided booking of an agent whose callers are asked', () => {
  /** Returns a call in which nine o'clock tomorrow is being held. */
  function holding(): Conversation {
    const call = new Conversation([...CALENDAR, 'hold']);
    call.begins();
    call.says('a plumber tomorrow morning please');
    call.answers(free('09:00', '10:30', '11:00'));
    expect(call.says('nine please')).toBe('One moment, I am keeping that time for you.');
    return call;
  }

  it('holds the time, asks, and books it after a yes', () => {
    const call = holding();
    const held = call.asks!;
    expect(held).toMatchObject({ tool: 'hold', arguments: { service: 'plumbing' } });
    expect(held.arguments).not.toHaveProperty('confirmed');
    expect(call.says('yes')).toBe('One moment, please.');
    expect(call.asks).toBeNull();
    expect(call.answers(NOT_CONFIRMED)).toContain('Shall I book it?');
    call.says('yes');
    expect(call.asks).toEqual({ tool: 'book', arguments: { ...held.arguments, confirmed: 'true' } });
    expect(call.answers(ok({ reference: 'K48215' }))).toContain('Your reference is K48215.');
  });

  it('holds another time when the caller wants another', () => {
    const call = holding();
    call.answers(NOT_CONFIRMED);
    call.says('no');
    call.says('another time');
    call.says('eleven');
    expect(call.asks).toMatchObject({ tool: 'hold' });
    expect(call.asks?.arguments.start).toContain('T11:00');
  });

  it('asks once more when the answer was not heard', () => {
    const call = holding();
    call.answers(NOT_CONFIRMED);
    call.says('yes');
    expect(call.answers({ status: 'refused', reason: 'confirmation-needed' })).toMatch(
      /^To be sure, once more\..*Shall I book it\?$/,
    );
    call.says('yes');
    expect(call.asks?.tool).toBe('book');
  });

  it('looks again when the time is taken, and claims nothing when it cannot be held', () => {
    const call = holding();
    expect(call.answers({ status: 'refused', reason: 'slot-taken' })).toContain('has just been taken');
    expect(call.asks?.tool).toBe('check');
    expect(holding().answers({ status: 'timed-out' })).toContain('Nothing is booked.');
  });
});

describe('the guided booking with a waiting list', () => {
  /** Returns a call that has heard that tomorrow morning is full. */
  function full(): Conversation {
    const call = new Conversation([...CALENDAR, 'wait']);
    call.begins();
    call.says('a plumber tomorrow morning please');
    expect(call.answers(free())).toBe(
      'For tomorrow, Tuesday, March 3rd in the morning there is nothing free. Shall I put you on the ' +
        'waiting list for that day?',
    );
    return call;
  }

  it('offers it when nothing is free, and puts the caller on it after a yes', () => {
    const call = full();
    call.says('yes please');
    expect(call.asks).toEqual({
      tool: 'wait',
      arguments: { service: 'plumbing', from: '2026-03-03', until: '2026-03-03', partOfDay: 'morning' },
    });
    expect(call.answers(ok({ waiting: true }))).toBe(
      'You are on the waiting list for tomorrow, Tuesday, March 3rd in the morning. Nothing is booked yet; ' +
        'you will be told if a time becomes free. Is there anything else?',
    );
  });

  it('goes on with another day after a no, or when one is named', () => {
    const call = full();
    expect(call.says('no')).toContain('Which day suits you?');
    const other = full();
    other.says('no, Wednesday');
    expect(other.asks).toMatchObject({ tool: 'check', arguments: { date: '2026-03-04' } });
  });

  it('asks again when the question was not heard', () => {
    const call = full();
    expect(call.says('yes', false)).toContain('waiting list for that day?');
    expect(call.asks).toBeNull();
  });

  it('claims nothing that it does not know', () => {
    const outcomes = [
      [{ status: 'timed-out' }, 'not certain whether you are on the waiting list'],
      [{ status: 'refused', reason: 'phone-needed' }, 'I could not put you on the waiting list.'],
      [{ status: 'refused', reason: 'times-free' }, 'A time has become free.'],
    ] as const;
    for (const [result, words] of outcomes) {
      const call = full();
      call.says('yes');
      expect(call.answers(result)).toContain(words);
    }
  });
});
