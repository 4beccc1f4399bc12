import { describe, expect, it } from '@jest/globals';
import type { HistoryItem } from '@tandem/conversation';
import { at, CALENDAR, Conversation } from '../../testing/booking-conversation.ts';
import { DISCLOSURE } from '../wording.ts';

describe('the guided booking, taken over in the middle', () => {
  const booked = (output: string): HistoryItem[] => [
    { kind: 'agent', text: `Hello, this is Northwind. ${DISCLOSURE}` },
    { kind: 'caller', text: 'I need a plumber on Wednesday.' },
    {
      kind: 'tool-call',
      providerCallId: 'a',
      name: 'check_availability',
      argumentsJson: '{"service":"plumbing","date":"2026-03-04","partOfDay":"morning"}',
    },
    { kind: 'tool-result', providerCallId: 'a', output: '{"status":"ok","result":{"slots":[]}}' },
    ...(output === ''
      ? []
      : ([
          { kind: 'tool-call', providerCallId: 'b', name: 'book_appointment', argumentsJson: '{}' },
        ] as const)),
    ...(output === '' || output === 'none'
      ? []
      : ([{ kind: 'tool-result', providerCallId: 'b', output }] as const)),
  ];

  it('goes on with what was said, without a second greeting', () => {
    const call = new Conversation(CALENDAR, [{ kind: 'caller', text: 'I need a plumber on Wednesday.' }]);
    expect(call.begins()).toBe(`${DISCLOSURE} For Wednesday, March 4th: in the morning or in the afternoon?`);
  });

  it('reads the calendar anew', () => {
    const call = new Conversation(CALENDAR, booked(''));
    expect(call.begins()).toBe('One moment, I am looking at Wednesday, March 4th in the morning.');
    expect(call.asks?.arguments).toEqual({ service: 'plumbing', date: '2026-03-04', partOfDay: 'morning' });
  });

  const offers =
    'For Wednesday, March 4th I have nine, ten thirty or eleven in the morning. Which one suits you?';
  const offered = (heard = offers, ...then: HistoryItem[]): HistoryItem[] => [
    { kind: 'caller', text: 'I need a plumber on Wednesday.' },
    {
      kind: 'tool-call',
      providerCallId: 'a',
      name: 'check_availability',
      argumentsJson: '{"service":"plumbing","date":"2026-03-04","partOfDay":"morning"}',
    },
    {
      kind: 'tool-result',
      providerCallId: 'a',
      output: JSON.stringify({
        status: 'ok',
        result: { slots: ['09:00', '10:30', '11:00'].map((time) => at(time, '2026-03-04')) },
      }),
    },
    { kind: 'agent', text: `${DISCLOSURE} ${heard}` },
    ...then,
    {
      kind: 'note',
      text: 'Putting the caller through to sales ended with: declined. The caller is back with you.',
    },
  ];

  it('does not read out again what was heard, and asks the calendar nothing', () => {
    const call = new Conversation(CALENDAR, offered());
    expect(call.begins()).toBe('Which of the times suits you?');
    expect(call.asks).toBeNull();
    expect(call.says('repeat that please')).toBe(offers);
    expect(call.says('the second one please')).toBe(
      'So that is plumbing, Wednesday, March 4th, at ten thirty in the morning. Shall I book it?',
    );
  });

  it('reads out what was cut off', () => {
    expect(new Conversation(CALENDAR, offered('For Wednesday, March 4th I have nine, —')).begins()).toBe(
      offers,
    );
  });

  it('knows the time that was chosen', () => {
    const call = new Conversation(
      CALENDAR,
      offered(
        offers,
        { kind: 'caller', text: 'eleven please' },
        { kind: 'caller', text: 'i want to speak to a person' },
      ),
    );
    expect(call.begins()).toBe(
      'So that is plumbing, Wednesday, March 4th, at eleven in the morning. Shall I book it?',
    );
  });

  it('does not book twice', () => {
    const call = new Conversation(CALENDAR, booked('{"status":"ok","result":{"reference":"NW-1"}}'));
    expect(call.begins()).toBe('Is there anything else?');
  });

  it.each(['none', '{"status":"timed-out","message":"…"}', 'garbage'])(
    'is honest about a booking whose outcome is %s',
    (output) => {
      const call = new Conversation(CALENDAR, booked(output));
      expect(call.begins()).toBe(
        'I am not certain whether the appointment was made. A colleague will check and call you back to ' +
          'confirm. Is there anything else?',
      );
    },
  );

  it('goes on looking after a refused booking', () => {
    const call = new Conversation(
      CALENDAR,
      booked('{"status":"refused","reason":"slot-taken","message":"…"}'),
    );
    expect(call.begins()).toContain('I am looking at Wednesday, March 4th in the morning.');
  });
});
