import { describe, expect, it } from '@jest/globals';
import { appointmentSubject, appointmentText, mailAddressOf, type AppointmentFacts } from './notices.ts';

const FACTS: AppointmentFacts = {
  company: 'Brightside',
  service: 'Heating visit',
  reference: 'K48215',
  startsAt: new Date('2027-03-15T13:00:00Z'),
  timeZone: 'America/New_York',
  number: '+12025550100',
  until: new Date('2027-03-14T20:30:00Z'),
  language: 'de',
};

describe('the text of a notice', () => {
  it('is ours in English, with the time of the business and the number to call', () => {
    expect(appointmentText('reminder', FACTS, {})).toBe(
      'Brightside: a reminder of your appointment (Heating visit) on Monday 15 March at 09:00. ' +
        'Reference K48215. To change it, call +12025550100.',
    );
    expect(appointmentText('offer', FACTS, {})).toContain('It is held for you until Sun 16:30.');
    expect(appointmentText('confirmation', { ...FACTS, number: null }, {})).toMatch(/Reference K48215\.$/);
  });

  it('is that of the business, with dates of its language; what has no place there stays', () => {
    const texts = { reminder: '{service} am {date} um {time} {unknown}' };
    expect(appointmentText('reminder', FACTS, texts)).toBe(
      'Heating visit am Montag, 15. März um 09:00 {unknown}',
    );
  });

  it('has a subject of one line', () => {
    expect(appointmentSubject({ ...FACTS, service: 'Heating\nvisit' })).toBe(
      'Brightside: Heating visit, Montag, 15. März 09:00',
    );
  });
});

describe('the address of a sender', () => {
  it('is the one in brackets, or the whole setting', () => {
    expect(mailAddressOf('Spec <office@spec.example>')).toBe('office@spec.example');
    expect(mailAddressOf('office@spec.example')).toBe('office@spec.example');
  });
});
