import { describe, expect, it } from '@jest/globals';
import { operatorForm, voiceForm } from './twilio-forms.ts';

const RINGING = {
  CallSid: 'CA1',
  From: '+12025550123',
  To: '+12025550100',
  CallStatus: 'ringing',
  Direction: 'inbound',
};

describe('a form of the carrier', () => {
  it('with text that cannot be stored is read without it: nobody could mend it, and an error would be heard', () => {
    expect(voiceForm.parse({ ...RINGING, To: 'a\0b', From: 'sip:\ud800@x' })).toMatchObject({
      To: 'ab',
      From: 'sip:\ufffd@x',
    });
    expect(operatorForm.parse({ CallSid: 'CA1', ParentCallSid: 'CA2', SpeechResult: 'ye\0s' })).toMatchObject(
      { SpeechResult: 'yes' },
    );
  });
});
