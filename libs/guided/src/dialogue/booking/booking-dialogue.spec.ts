import { describe, expect, it } from '@jest/globals';
import { at, atConfirmation, CALENDAR, Conversation, free, ok } from '../../testing/booking-conversation.ts';
import { DISCLOSURE } from '../wording.ts';

describe('the guided booking', () => {
  it('goes from the greeting to the goodbye, one question at a time', () => {
    const call = new Conversation();
    expect(call.begins()).toBe(
      `Hello, this is Northwind. ${DISCLOSURE} I can book plumbing, heating or electrical work. Which ` +
        'do you need?',
    );
    expect(call.says('my boiler is broken')).toBe('A visit for heating. Which day suits you?');
    expect(call.says('on wednesday')).toBe('For Wednesday, March 4th: in the morning or in the afternoon?');
    expect(call.says('morning please')).toBe(
      'One moment, I am looking at Wednesday, March 4th in the morning.',
    );
    expect(call.asks).toEqual({
      tool: 'check',
      arguments: { service: 'heating', date: '2026-03-04', partOfDay: 'morning' },
    });
    expect(call.answers(ok({ slots: [at('09:00', '2026-03-04'), at('10:30', '2026-03-04')] }))).toBe(
      'For Wednesday, March 4th I have nine or ten thirty in the morning. Which one suits you?',
    );
    expect(call.says('the second one please')).toBe(
      'So that is heating, Wednesday, March 4th, at ten thirty in the morning. Shall I book it?',
    );
    expect(call.essential).toEqual([
      'So that is heating, Wednesday, March 4th, at ten thirty in the morning.',
    ]);
    expect(call.says("yes that's right")).toBe('One moment, I am booking it.');
    expect(call.asks).toEqual({
      tool: 'book',
      arguments: { service: 'heating', start: '2026-03-04T10:30:00.000-05:00' },
    });
    expect(call.answers(ok({ reference: 'NW-4821' }))).toBe(
      'It is booked: heating, Wednesday, March 4th, at ten thirty in the morning. Your reference is ' +
        'NW-4821. Is there anything else?',
    );
    expect(call.says("no that's all")).toBe('Thank you for calling. Goodbye.');
    expect(call.asks).toEqual({ tool: 'end', arguments: { reason: 'caller-done' } });
  });

  it('takes service, day and time from one sentence', () => {
    const call = new Conversation();
    call.begins();
    call.says("i'd like to book an electrician next monday at ten thirty please");
    expect(call.asks).toEqual({
      tool: 'check',
      arguments: { service: 'electrical', date: '2026-03-09', partOfDay: 'morning' },
    });
    expect(call.answers(ok({ slots: [at('09:00', '2026-03-09'), at('10:30', '2026-03-09')] }))).toBe(
      'So that is electrical work, Monday, March 9th, at ten thirty in the morning. Shall I book it?',
    );
  });

  it('offers the times around one that is not free', () => {
    const call = new Conversation();
    call.begins();
    call.says('a leak tomorrow at one');
    expect(call.answers(free('12:00', '12:30', '13:30', '14:00', '15:00'))).toBe(
      'I have nothing at one in the afternoon. For tomorrow, Tuesday, March 3rd I have noon, twelve ' +
        'thirty or one thirty in the afternoon. Which one suits you?',
    );
  });

  it('knows a caller by name when the tool does, and asks once', () => {
    const call = new Conversation(['look-up', ...CALENDAR]);
    expect(call.begins()).toBe(`Hello, this is Northwind. ${DISCLOSURE}`);
    expect(call.asks).toEqual({ tool: 'look-up', arguments: {} });
    expect(call.begins()).toBe('');
    expect(call.answers(ok({ known: true, name: 'Anna Berg' }))).toBe(
      'Welcome back, Anna. I can book plumbing, heating or electrical work. Which do you need?',
    );
    call.says('plumbing tomorrow morning');
    call.answers(free('09:00'));
    call.says('yes');
    call.says('yes');
    expect(call.asks?.arguments).toEqual({
      service: 'plumbing',
      start: at('09:00').start,
      name: 'Anna Berg',
    });
  });

  it.each([ok({ known: false }), ok('nonsense'), ok({ known: true }), { status: 'failed' } as const])(
    'goes on without a name after %j',
    (result) => {
      const call = new Conversation(['look-up', ...CALENDAR]);
      call.begins();
      expect(call.answers(result)).toBe(
        'I can book plumbing, heating or electrical work. Which do you need?',
      );
    },
  );

  it('says what it is even when the greeting came from elsewhere', () => {
    const silent = new Conversation();
    expect(silent.saidForUs()).toBe('');
    expect(silent.says('plumbing')).toBe(`${DISCLOSURE} A visit for plumbing. Which day suits you?`);
    const known = new Conversation(['look-up', ...CALENDAR]);
    known.saidForUs();
    expect(known.asks?.tool).toBe('look-up');
    expect(known.answers(ok({ known: false }))).toBe(
      `${DISCLOSURE} I can book plumbing, heating or electrical work. Which do you need?`,
    );
    expect(known.says('plumbing')).toBe('A visit for plumbing. Which day suits you?');
  });
});

describe('the guided booking, about itself', () => {
  it('says again what it is to a caller who talked over it', () => {
    const call = new Conversation();
    call.begins();
    expect(call.says('plumbing', false)).toBe(`${DISCLOSURE} A visit for plumbing. Which day suits you?`);
    expect(call.essential).toEqual([DISCLOSURE]);
    expect(call.coughs(true, false)).toBe(`${DISCLOSURE} A visit for plumbing. Which day suits you?`);
    call.says('tomorrow');
    expect(call.says('morning', false)).toBe(
      'One moment, I am looking at tomorrow, Tuesday, March 3rd in the morning.',
    );
  });
});

describe('the guided booking, when the caller changes their mind', () => {
  it('takes a correction of the day before the consent', () => {
    const call = atConfirmation();
    expect(call.says('no wednesday')).toBe(
      'All right. One moment, I am looking at Wednesday, March 4th in the morning.',
    );
    expect(call.asks?.arguments).toEqual({ service: 'plumbing', date: '2026-03-04', partOfDay: 'morning' });
  });

  it('forgets the calendar of the old day when the new one comes while it is being read', () => {
    const call = new Conversation();
    call.begins();
    call.says('plumbing tomorrow morning');
    expect(call.says('no wednesday')).toContain('Wednesday, March 4th');
    expect(call.answers(free('09:00'), 1)).toBe('');
    expect(call.answers(ok({ slots: [at('08:00', '2026-03-04')] }), 2)).toContain(
      'one time: eight in the morning',
    );
  });

  it('asks what is wrong after a plain no, and starts over when asked', () => {
    const call = atConfirmation();
    expect(call.says('no')).toMatch(/^All right, I have booked nothing\. What should be different\?/);
    expect(call.says('change the time')).toBe(
      'For tomorrow, Tuesday, March 3rd I have nine, ten thirty or eleven in the morning. Which one ' +
        'suits you?',
    );
    expect(call.says('start over')).toBe(
      'Let us start again. I can book plumbing, heating or electrical work. Which do you need?',
    );
    expect(call.says('boiler')).toBe('A visit for heating. Which day suits you?');
  });

  it('takes another of the free times at the consent', () => {
    const call = atConfirmation();
    expect(call.says('make it at eleven')).toBe(
      'So that is plumbing, tomorrow, Tuesday, March 3rd, at eleven in the morning. Shall I book it?',
    );
    expect(call.asks).toBeNull();
  });

  it('goes through the rest of the day, then asks for another', () => {
    const call = new Conversation();
    call.begins();
    call.says('plumbing tomorrow');
    call.says("i don't mind");
    call.answers(free('09:00', '10:00', '11:00', '13:00'));
    expect(call.says('none of those')).toBe(
      'For tomorrow, Tuesday, March 3rd I have one time: one in the afternoon. Shall I take it?',
    );
    expect(call.says('earlier')).toContain('nine, ten or eleven in the morning');
    call.says('later');
    expect(call.says('no')).toBe(
      'For tomorrow, Tuesday, March 3rd that is all I have. A visit for plumbing. Which day suits you?',
    );
    call.says('thursday');
    expect(call.asks?.arguments).toEqual({ service: 'plumbing', date: '2026-03-05', partOfDay: 'any' });
  });

  it('reads "the third" as a choice among offers and as a day when asked for one', () => {
    const call = new Conversation();
    call.begins();
    call.says('plumbing');
    expect(call.says('the third')).toContain('For tomorrow, Tuesday, March 3rd');
    call.says('morning');
    call.answers(free('09:00', '10:00', '11:00'));
    expect(call.says('the third')).toContain('at eleven in the morning');
  });

  it('calls nothing off that is already under way', () => {
    const call = atConfirmation();
    call.says('yes');
    expect(call.says('cancel that')).toBe('I am already booking it, and cannot stop that here.');
    expect(call.says('wednesday')).toBe('One moment, please. I am still booking it.');
    expect(call.says('goodbye')).toBe(
      'I have no answer to the booking yet. A colleague will check and call you back to confirm. Thank ' +
        'you for calling. Goodbye.',
    );
  });
});

describe('the guided booking, asked to speak', () => {
  it('says nothing twice when nothing is new, unless it was not heard', () => {
    const call = new Conversation();
    call.begins();
    expect(call.prompted(true)).toBe('');
    expect(call.prompted(false)).toBe('I can book plumbing, heating or electrical work. Which do you need?');
  });

  it('follows the instructions it knows, and stays neutral on others', () => {
    const call = new Conversation();
    expect(call.told('Greet the caller in one short sentence and ask how you can help.')).toContain(
      `Hello, this is Northwind. ${DISCLOSURE}`,
    );
    expect(call.told('The caller has been silent. Ask whether they are still there.')).toBe(
      'Are you still there? I can book plumbing, heating or electrical work. Which do you need?',
    );
    expect(call.told('Tell the caller that this takes a moment.')).toBe('One moment, please.');
    expect(call.told('Say goodbye, the time is up.')).toBe('Thank you for calling. Goodbye.');
    expect(call.told('Apologise for the trouble.')).toMatch(/^I am sorry about that\./);
    expect(call.told('Sing.')).toBe(
      'Let us go on. I can book plumbing, heating or electrical work. Which do you need?',
    );
  });
});
