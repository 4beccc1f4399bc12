import { describe, expect, it } from '@jest/globals';
import { at, atConfirmation, CALENDAR, Conversation, free, ok } from '../../testing/booking-conversation.ts';

describe('the guided booking, when things go wrong', () => {
  it('looks again when the time has just been taken, without offering it twice', () => {
    const call = atConfirmation();
    call.says('yes');
    expect(call.answers({ status: 'refused', reason: 'slot-taken' })).toContain(
      'I am sorry, that time has just been taken.',
    );
    expect(call.asks?.tool).toBe('check');
    expect(call.answers(free('09:00', '10:30', '11:00'))).toContain('ten thirty or eleven in the morning');
  });

  it.each(['failed', 'timed-out'] as const)('claims nothing after a booking that %s', (status) => {
    const call = atConfirmation();
    call.says('yes');
    expect(call.answers({ status })).toBe(
      'I am not certain whether the appointment was made. A colleague will check and call you back to ' +
        'confirm. Is there anything else?',
    );
  });

  it('says that nothing is booked after any other refusal', () => {
    const call = atConfirmation();
    call.says('yes');
    expect(call.answers({ status: 'refused', reason: 'too-far-ahead' })).toContain('nothing is booked');
  });

  it('tries the calendar twice before it promises a call back', () => {
    const call = new Conversation();
    call.begins();
    call.says('plumbing tomorrow morning');
    expect(call.answers({ status: 'timed-out' })).toBe(
      'I could not read the calendar just now. Nothing is booked. Shall I try once more?',
    );
    call.says('yes please');
    expect(call.asks?.tool).toBe('check');
    expect(call.answers(ok('no slots here'))).toBe(
      'I still cannot read the calendar, so nothing is booked. A colleague will call you back. Is there ' +
        'anything else?',
    );
  });

  it('passes over full days for a caller who minds none', () => {
    const call = new Conversation();
    call.begins();
    call.says('plumbing');
    call.says('as soon as possible');
    expect(call.asks?.arguments).toEqual({ service: 'plumbing', date: '2026-03-02', partOfDay: 'any' });
    call.answers(free());
    expect(call.asks?.arguments.date).toBe('2026-03-03');
    expect(call.answers(free('09:00'))).toContain('one time: nine in the morning');
  });

  it('offers no time that is over', () => {
    const call = new Conversation();
    call.begins();
    call.says('plumbing today');
    call.says('any time');
    expect(call.answers(ok({ slots: [at('08:00', '2026-03-02'), at('09:00', '2026-03-02')] }))).toBe(
      'For today I have one time: nine in the morning. Shall I take it?',
    );
  });

  it('does not book without a calendar, and says so', () => {
    const call = new Conversation(['end']);
    call.begins();
    expect(call.says('plumbing tomorrow morning')).toBe(
      'I have no calendar here, so I cannot book anything. Thank you for calling. Goodbye.',
    );
    expect(call.asks).toEqual({ tool: 'end', arguments: { reason: 'cannot-help' } });
  });
});

describe('the guided booking, when it does not understand', () => {
  it('helps in three ways and then ends the call politely', () => {
    const lost = new Conversation();
    lost.begins();
    expect(lost.coughs()).toBe(
      'Sorry, I did not catch that. I can book plumbing, heating or electrical work. Which do you need?',
    );
    expect(lost.coughs()).toBe(
      'Sorry, I did not catch that either. You can say, for example: I need a plumber. Or: my boiler is ' +
        'broken.',
    );
    expect(lost.coughs()).toBe(
      'I still do not understand. You can press 1 for plumbing, 2 for heating, or 3 for electrical work.',
    );
    expect(lost.coughs()).toBe(
      'I am sorry, I do not understand you well enough to help. Thank you for calling. Goodbye.',
    );
    expect(lost.asks).toEqual({ tool: 'end', arguments: { reason: 'cannot-help' } });
  });

  it('counts only failures in a row', () => {
    const call = new Conversation();
    call.begins();
    call.coughs();
    call.coughs();
    call.says('plumbing');
    expect(call.coughs()).toBe('Sorry, I did not catch that. A visit for plumbing. Which day suits you?');
  });

  it('says its question again when a noise cut it off, but not for ever', () => {
    const call = new Conversation();
    call.begins();
    call.says('plumbing');
    expect(call.coughs(true)).toBe('A visit for plumbing. Which day suits you?');
    call.coughs(true);
    expect(call.coughs(true)).toBe('Sorry, I did not catch that. A visit for plumbing. Which day suits you?');
  });

  it('takes no yes for a question that was not heard', () => {
    const call = atConfirmation();
    expect(call.says('yes', false)).toBe(
      'To be sure, once more. So that is plumbing, tomorrow, Tuesday, March 3rd, at nine in the ' +
        'morning. Shall I book it?',
    );
    expect(call.asks).toBeNull();
    call.says('yes');
    expect(call.asks?.tool).toBe('book');
  });

  it('repeats, helps, and is honest about people', () => {
    const call = new Conversation();
    call.begins();
    call.says('plumbing');
    expect(call.says('say that again')).toBe('A visit for plumbing. Which day suits you?');
    expect(call.says('help')).toBe(
      'You can say: tomorrow. Or: next Monday. Or: the twelfth. A visit for plumbing. Which day suits you?',
    );
    expect(call.says('speak to a person')).toBe(
      'I cannot put you through to a person here. A visit for plumbing. Which day suits you?',
    );
    const staffed = new Conversation([...CALENDAR, 'transfer']);
    staffed.begins();
    expect(staffed.says('operator')).toBe('');
    expect(staffed.asks).toEqual({
      tool: 'transfer',
      arguments: { department: 'support', reason: 'caller-asked', summary: 'The caller asked for a person.' },
    });
    expect(staffed.answers({ status: 'failed' })).toContain('I could not put you through.');
  });

  it('tells the person what the caller was about, and the caller when nobody is there', () => {
    const call = new Conversation([...CALENDAR, 'look-up', 'transfer']);
    call.begins();
    call.answers(ok({ known: true, name: 'Alex Morgan' }));
    call.says('a plumber tomorrow morning please');
    call.answers(free('09:00', '10:30'));
    call.says('speak to a person');
    expect(call.asks?.arguments['summary']).toBe(
      'Alex Morgan asked for a person. They were about to book plumbing for tomorrow, Tuesday, March ' +
        '3rd in the morning; nothing is booked.',
    );
    expect(call.answers({ status: 'refused', reason: 'department-closed' })).toMatch(
      /^Nobody is there to take the call at this hour\. For tomorrow/,
    );
  });

  it('takes keys for answers', () => {
    const call = new Conversation();
    call.begins();
    expect(call.presses('2#')).toBe('A visit for heating. Which day suits you?');
    expect(call.presses('2')).toContain('For tomorrow');
    call.presses('1');
    expect(call.asks?.arguments).toEqual({ service: 'heating', date: '2026-03-03', partOfDay: 'morning' });
    call.answers(free('09:00', '10:00'));
    expect(call.presses('2')).toContain('at ten in the morning');
    expect(call.presses('*')).toContain('at ten in the morning');
    expect(call.presses('7')).toContain('Sorry, I did not catch that.');
    call.presses('1');
    expect(call.asks?.tool).toBe('book');
  });
});
