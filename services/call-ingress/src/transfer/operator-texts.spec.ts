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

  it('reads an unknown caller’s number digit by digit, and says when it is withheld', () => {
    expect(whisperText({ agent: agent(), from, caller: UNKNOWN_CALLER }, '')).toMatch(
      /^Call for Northwind from 1 2 0 2 5 5 5 0 1 2 3\. Press/,
    );
    expect(whisperText({ agent: agent(), from: 'anonymous', caller: UNKNOWN_CALLER }, '')).toContain(
      'from a withheld number.',
    );
  });

  it('does not read a doubted number', () => {
    expect(
      whisperText({ agent: agent(), from, caller: UNKNOWN_CALLER, isNumberDoubted: true }, ''),
    ).toContain('from a number that could not be verified.');
  });

  it('is in the company’s language', () => {
    expect(whisperText({ agent: agent('de-AT'), from, caller: UNKNOWN_CALLER }, '')).toMatch(
      /^Anruf für Northwind/,
    );
    expect(whisperText({ agent: agent('pl-PL'), from, caller: UNKNOWN_CALLER }, '')).toMatch(/^Call for/);
  });
});

describe('the person’s answer', () => {
  it.each([
    [{ key: '1' }, 'accepted'],
    [{ key: '2' }, 'declined'],
    [{ key: '7' }, 'unclear'],
    [{ speech: 'Accept.' }, 'accepted'],
    [{ speech: 'Yes, I’ll take it' }, 'accepted'],
    [{ speech: 'No, not now.' }, 'declined'],
    [{ speech: 'No problem, accept' }, 'unclear'],
    [{ speech: 'I know what you accepted' }, 'unclear'],
    [{ speech: 'We can’t accept your call' }, 'unclear'],
    [{ speech: 'Hi this is Sam, yes it is really me, please leave a message' }, 'unclear'],
    [{ speech: 'Hello? Who is there?' }, 'unclear'],
    [{}, 'unclear'],
  ])('%j is %s', (answer, verdict) => {
    expect(operatorVerdict(answer, 'en-US')).toBe(verdict);
  });

  it('is understood in other languages', () => {
    expect(operatorVerdict({ speech: 'Ja, gerne.' }, 'de-DE')).toBe('accepted');
    expect(operatorVerdict({ speech: 'Sí.' }, 'es-ES')).toBe('accepted');
    expect(operatorVerdict({ speech: "D'accord" }, 'fr-FR')).toBe('accepted');
    expect(operatorVerdict({ speech: 'Pas maintenant' }, 'fr-FR')).toBe('declined');
  });
});
