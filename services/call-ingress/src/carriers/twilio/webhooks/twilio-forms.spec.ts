import { describe, expect, it } from '@jest/globals';
import { dialReportOf, operatorForm, voiceForm } from './twilio-forms.ts';

const RINGING = {
  CallSid: 'CA1',
  From: '+12025550123',
  To: '+12025550100',
  CallStatus: 'ringing',
  Direction: 'inbound',
};

describe('a form of Twilio', () => {
  it('loses characters that cannot be stored: callers would hear an error', () => {
    expect(voiceForm.parse({ ...RINGING, To: 'a\0b', From: 'sip:\ud800@x' })).toMatchObject({
      To: 'ab',
      From: 'sip:\ufffd@x',
    });
    expect(operatorForm.parse({ CallSid: 'CA1', ParentCallSid: 'CA2', SpeechResult: 'ye\0s' })).toMatchObject(
      { SpeechResult: 'yes' },
    );
  });
});

describe('the report of a dialled leg', () => {
  it.each([
    ['completed', 'answered'],
    ['answered', 'answered'],
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['canceled', 'no-answer'],
    ['failed', 'failed'],
    ['something new', 'failed'],
  ])('%s means %s', (DialCallStatus, result) => {
    expect(dialReportOf({ DialCallStatus })).toEqual({ result, wasBridged: true });
  });

  it('counts as bridged unless Twilio denies it: older reports lack the field', () => {
    expect(dialReportOf({ DialCallStatus: 'completed', DialBridged: 'false' }).wasBridged).toBe(false);
    expect(dialReportOf({ DialCallStatus: 'completed', DialBridged: 'true' }).wasBridged).toBe(true);
  });
});
