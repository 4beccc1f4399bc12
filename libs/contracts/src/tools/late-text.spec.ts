import { describe, expect, it } from '@jest/globals';
import { lateText, type LateResult } from './late-text.ts';

const result = (more: Partial<LateResult> = {}): LateResult => ({
  tool: 'book_appointment',
  arguments: { service: 'plumbing' },
  outcome: { status: 'ok', value: { reference: 'K48215', spoken: 'Monday at 9 AM' } },
  language: 'en-US',
  companyName: 'Northwind',
  ...more,
});

describe('the message about an outcome that came after the call', () => {
  it('has the facts of the outcome, in the language of the call', () => {
    expect(lateText(result())).toBe(
      'Northwind: Your appointment is booked: Monday at 9 AM. Reference: K48215.',
    );
    expect(lateText(result({ language: 'de-DE' }))).toBe(
      'Northwind: Ihr Termin ist gebucht: Monday at 9 AM. Referenz: K48215.',
    );
    expect(lateText(result({ language: 'tr' }))).toContain('is booked');
  });

  it.each(['en', 'de', 'es', 'fr'])('leaves out a reference it does not have: %s', (language) => {
    const outcome = { status: 'ok', value: { spoken: 'Monday', cancelled: 'Monday' } } as const;
    for (const tool of ['move_appointment', 'cancel_appointment'])
      expect(lateText(result({ tool, outcome, language }))).toMatch(/: Monday\.$/);
  });

  it('says what was not done, what is not known, and nothing of what was stopped', () => {
    const failed = { status: 'failed', code: 'x', retryable: false } as const;
    expect(lateText(result({ outcome: failed }))).toContain('could not be done');
    expect(lateText(result({ outcome: { status: 'timed-out' } }))).toContain('do not know yet');
    expect(lateText(result({ outcome: { status: 'cancelled' } }))).toBeNull();
  });

  it('is the sentence of a tool that has one, filled in and no longer than a message', () => {
    const outcome = { status: 'ok', value: { state: 'on its way' } } as const;
    const own = { tool: 'place_order', arguments: { item: 'valve' }, outcome };
    expect(lateText(result({ ...own, lateText: 'Your {item} is {state}{other}.' }))).toBe(
      'Northwind: Your valve is on its way.',
    );
    expect(lateText(result(own))).toBe('Northwind: What you asked for in your call is done.');
    const long = { ...outcome, value: { state: 'x '.repeat(600) } };
    expect(lateText(result({ ...own, outcome: long, lateText: '{state}' }))!.length).toBeLessThanOrEqual(320);
  });
});
