import { describe, expect, it } from '@jest/globals';
import { agentSnapshotSchema, UNKNOWN_CALLER } from '@tandem/contracts';
import { operatorVerdict, whisperText } from './operator-texts.ts';

const agent = (language = 'en-US') =>
  agentSnapshotSchema.parse({
    agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
    agentVersion: 1,
    tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001',
    name: 'Sarah',
    companyName: 'Northwind',
    timeZone: 'UTC',
    language,
    instructions: '',
    model: { kind: 'guided' },
  });
const from = '+12025550123';

describe('the whisper', () => {
  it('says who calls, why, and how to take it', () => {
    expect(
      whisperText(
        { agent: agent(), from, caller: { ...UNKNOWN_CALLER, name: 'Alex Morgan' } },
        'Wants a new boiler.',
      ),
    ).toBe(
      'Call for Northwind from Alex Morgan. Wants a new boiler. Press 1 or say accept to take it. Press ' +
        '2 or say decline to send it back.',
    );
  });

  it('reads an unknown caller’s number digit by digit, and no word that stands for one', () => {
    expect(whisperText({ agent: agent(), from, caller: UNKNOWN_CALLER }, '')).toMatch(
      /^Call for Northwind from 1 2 0 2 5 5 5 0 1 2 3\. Press/,
    );
    expect(whisperText({ agent: agent(), from: 'anonymous', caller: UNKNOWN_CALLER }, '')).toContain(
      'from a withheld number.',
    );
  });

  it('does not name a caller by a number that may be another’s', () => {
    expect(
      whisperText({ agent: agent(), from, caller: UNKNOWN_CALLER, isNumberDoubted: true }, ''),
    ).toContain('from a number that could not be verified.');
  });

  it('is in the language of the company', () => {
    expect(whisperText({ agent: agent('de-AT'), from, caller: UNKNOWN_CALLER }, '')).toMatch(
      /^Anruf für Northwind/,
    );
    expect(whisperText({ agent: agent('pl-PL'), from, caller: UNKNOWN_CALLER }, '')).toMatch(/^Call for/);
  });
});

describe('the person’s answer', () => {
  it.each([
    [{ Digits: '1' }, 'accepted'],
    [{ Digits: '2' }, 'declined'],
    [{ Digits: '7' }, 'unclear'],
    [{ SpeechResult: 'Accept.' }, 'accepted'],
    [{ SpeechResult: 'Yes, I’ll take it' }, 'accepted'],
    [{ SpeechResult: 'No, not now.' }, 'declined'],
    [{ SpeechResult: 'No problem, accept' }, 'unclear'],
    [{ SpeechResult: 'I know what you accepted' }, 'unclear'],
    [{ SpeechResult: 'We can’t accept your call' }, 'unclear'],
    [{ SpeechResult: 'Hi this is Sam, yes it is really me, please leave a message' }, 'unclear'],
    [{ SpeechResult: 'Hello? Who is there?' }, 'unclear'],
    [{}, 'unclear'],
  ])('%j is %s', (answer, verdict) => {
    expect(operatorVerdict(answer, 'en-US')).toBe(verdict);
  });

  it('is understood in other languages', () => {
    expect(operatorVerdict({ SpeechResult: 'Ja, gerne.' }, 'de-DE')).toBe('accepted');
    expect(operatorVerdict({ SpeechResult: 'Sí.' }, 'es-ES')).toBe('accepted');
    expect(operatorVerdict({ SpeechResult: "D'accord" }, 'fr-FR')).toBe('accepted');
    expect(operatorVerdict({ SpeechResult: 'Pas maintenant' }, 'fr-FR')).toBe('declined');
  });
});
