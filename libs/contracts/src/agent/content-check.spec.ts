import { describe, expect, it } from '@jest/globals';
import { agentChangeSchema } from './behaviour.ts';
import { contentProblems } from './content-check.ts';
import { agentContentSchema, toSnapshot, type AgentContentInput } from './content.ts';
import { DEFAULT_TEXTS } from './texts.ts';
import { textsOf } from './snapshot.ts';
import { tenantIdSchema } from '../words/ids.ts';
import { languageName } from '../words/locale.ts';

const ids = {
  agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
  agentVersion: 1,
  tenantId: tenantIdSchema.parse('0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001'),
};
const given = (change: object): AgentContentInput => ({
  name: 'Sarah',
  companyName: 'Northwind',
  timeZone: 'UTC',
  instructions: 'Be kind.',
  model: { kind: 'guided' },
  ...change,
});
const read = (change: object) => agentContentSchema.parse(given(change));
const problems = (change: object) =>
  contentProblems(read(change)).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('a language', () => {
  it('is taken in any spelling and kept in the usual one, as a key of texts too', () => {
    const content = read({ language: 'pt-br', texts: { 'ES-mx': { greeting: 'Hola.' } } });
    expect(content.language).toBe('pt-BR');
    expect(textsOf(toSnapshot(content, ids), 'es-MX').greeting).toBe('Hola.');
    expect(agentChangeSchema.parse({ language: 'DE-at' })).toEqual({ language: 'de-AT' });
  });

  it.each(['!!', 'en_US', 'klingon-from-afar', '12', 'x', 'en-', '{{language}}'])('is not %s', (language) => {
    expect(agentContentSchema.safeParse(given({ language })).success).toBe(false);
    expect(agentContentSchema.safeParse(given({ texts: { [language]: {} } })).success).toBe(false);
    expect(agentChangeSchema.safeParse({ language }).success).toBe(false);
    expect(languageName(language)).toBeNull();
  });
});

describe('a time zone', () => {
  it.each([
    ['Europe/Berlin', true],
    ['Mars/Olympus', false],
    ['', false],
  ])('%s: %s', (timeZone, isOne) => {
    expect(agentContentSchema.safeParse(given({ timeZone })).success).toBe(isOne);
  });
});

describe('a text that must be heard', () => {
  it('is never empty: what all agents say takes its place', () => {
    const agent = toSnapshot(
      read({ texts: { en: { apology: '', idleGoodbye: '  ', bridge: 'Back again.', greetingKnown: '' } } }),
      ids,
    );
    expect(textsOf(agent, 'en-US')).toMatchObject({
      apology: DEFAULT_TEXTS['en']?.apology,
      idleGoodbye: DEFAULT_TEXTS['en']?.idleGoodbye,
      bridge: 'Back again.',
      greetingKnown: '',
    });
  });
});

describe('content that is valid and cannot be meant', () => {
  it('has variables nobody fills in', () => {
    expect(
      problems({ greeting: '{{time_of_day}}, this is {{ agent }} of {{company}}, {{caller.first_name}}.' }),
    ).toEqual([]);
    expect(problems({ greeting: 'Hello {{first_name}}.' })[0]).toMatch(
      /^greeting: there is no variable first_name; there are company, /,
    );
    expect(
      problems({
        notice: 'Welcome to {{company}}.',
        texts: { es: { timeGoodbye: 'Adiós {{caller.name}}.', fillers: ['{{x}}'] } },
      }),
    ).toEqual([
      'notice: may hold no variables: they are filled in in greetings only',
      'texts.es.fillers: may hold no variables: they are filled in in greetings only',
      'texts.es.timeGoodbye: may hold no variables: they are filled in in greetings only',
    ]);
    expect(problems({ variants: [{ key: 'a', weight: 1, greeting: '{{nobody}}' }] })[0]).toMatch(
      /^variants\.0\.greeting: there is no variable nobody/,
    );
    expect(problems({ instructions: 'Write templates such as {{this}}.' })).toEqual([]);
  });

  it('contradicts itself', () => {
    expect(problems({ idle: { afterMs: 1 } })[0]).toMatch(/^idle\.afterMs: must be 0 for never, or 1000/);
    expect(problems({ idle: { afterMs: 0 } })).toEqual([]);
    expect(problems({ toolWait: { musicFile: 'jazz.wav' } })).toEqual([
      'toolWait.musicFile: is never played: musicAfterMs is 0',
    ]);
  });
});
