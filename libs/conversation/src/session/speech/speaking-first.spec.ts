import { describe, expect, it } from '@jest/globals';
import { DEFAULT_MODEL_KIND } from '@tandem/contracts';
import { MemoryPhraseCache, startCall } from '../../testing/index.ts';

const GREETING = 'Good morning, Northwind.';

describe('the greeting', () => {
  it(
    'is spoken by the model the first time and kept; the next call hears it at once, before there is a ' +
      'model',
    async () => {
      const phrases = new MemoryPhraseCache();
      const first = startCall({ phrases });
      await first.passes(1);
      first.model.says(GREETING, { durationMs: 1_200 });
      expect(phrases.texts).toEqual([GREETING]);

      const second = startCall({ phrases, isModelSlow: true });
      await second.passes(10);
      expect([...second.stream.sounds.values()]).toEqual([{ writtenMs: 1_200, heardMs: 0 }]);
      expect(second.model.setup.history()).toEqual([{ kind: 'agent', text: GREETING }]);
      second.model.ready();
      await second.passes(2_000);
      expect(second.model.asked).toEqual([]);
      expect(second.log.transcript()).toEqual([`agent: ${GREETING}`]);
      expect(second.log.of('latency.measured')[0]).toEqual({
        kind: 'answer-to-first-audio',
        ms: 0,
        atMs: 0,
      });
    },
  );

  it('is cached per voice, version, variant and language', async () => {
    const phrases = new MemoryPhraseCache();
    const first = startCall({ phrases });
    await first.passes(1);
    first.model.says(GREETING);
    const others = [
      { agentVersion: 2 },
      { variantKey: 'b' },
      { model: { kind: DEFAULT_MODEL_KIND, voice: 'cedar' } },
      { greeting: 'Hi.' },
    ];
    for (const agent of others) {
      const call = startCall({ phrases, agent });
      await call.passes(1);
      expect(call.model.asked).toHaveLength(1);
    }
  });

  it('is not cached when the model used other words, was cut off, or named the caller', async () => {
    const phrases = new MemoryPhraseCache();
    const freely = startCall({ phrases });
    await freely.passes(1);
    freely.model.says('Hello there!');
    const cut = startCall({ phrases });
    await cut.passes(1);
    cut.model.begins(GREETING);
    cut.model.hearsCallerStart();
    const personal = startCall({
      phrases,
      caller: { name: 'Alex Morgan', group: null, language: null },
      agent: { greeting: 'Hello {{caller.first_name}}.' },
    });
    await personal.passes(1);
    expect(personal.model.asked).toEqual(['say: Hello Alex.']);
    personal.model.says('Hello Alex.');
    expect(phrases.texts).toEqual([]);
  });

  it('is cached for unknown callers when it names known ones', async () => {
    const phrases = new MemoryPhraseCache();
    const agent = { greeting: 'Hello {{caller.first_name}}, this is {{company}}.' };
    const stranger = startCall({ phrases, agent });
    await stranger.passes(1);
    stranger.model.says('Hello, this is Northwind Home Services.');
    const known = startCall({ phrases, agent, caller: { name: 'Alex Morgan', group: null, language: null } });
    await known.passes(1);
    expect(known.model.asked).toEqual(['say: Hello Alex, this is Northwind Home Services.']);
    known.model.says('Hello Alex, this is Northwind Home Services.');
    expect(phrases.texts).toEqual(['Hello, this is Northwind Home Services.']);
  });

  it.each([
    ['Asia/Tokyo', 'en-US', 'Good evening'],
    ['America/Los_Angeles', 'en-US', 'Good morning'],
    ['Europe/Berlin', 'de-DE', 'Guten Tag'],
  ])(
    'tells the time of day of the business, where midnight is no morning: %s, %s',
    async (timeZone, language, words) => {
      const call = startCall({
        agent: { timeZone, language, greeting: '{{time_of_day}}, {{caller.group}} caller.' },
        caller: { name: null, group: 'primary', language: null },
      });
      await call.passes(1);
      expect(call.model.asked).toEqual([`say: ${words}, primary caller.`]);
    },
  );

  it('that is interrupted tells the model how much of it was heard', async () => {
    const phrases = new MemoryPhraseCache();
    const first = startCall({ phrases });
    await first.passes(1);
    first.model.says(GREETING, { durationMs: 2_000 });
    const second = startCall({ phrases });
    await second.passes(1_200);
    second.model.hearsCallerStart();
    expect(second.stream.clears).toHaveLength(1);
    expect(second.model.truncated.size).toBe(0);
    expect(second.model.notes).toEqual([
      `You began to say “${GREETING}” and were interrupted; the caller heard “Good morning,”.`,
    ]);
  });

  it.each([
    [
      '{{time_of_day}}, {{caller.name}}, welcome to {{company}}.',
      'Alex Morgan',
      'Good morning, Alex Morgan, welcome to Northwind Home Services.',
    ],
    [
      '{{time_of_day}}, {{caller.name}}, welcome to {{company}}.',
      null,
      'Good morning, welcome to Northwind Home Services.',
    ],
    ['Hello {{caller.first_name}}!', null, 'Hello!'],
    ['{{agent}} here, {{nonsense}} hello.', null, 'Sarah here hello.'],
  ])('%s for %s is %s', async (greeting, name, expected) => {
    const call = startCall({ agent: { greeting }, caller: { name, group: null, language: null } });
    await call.passes(1);
    expect(call.model.asked).toEqual([`say: ${expected}`]);
  });

  it('has words of its own for known callers, and for each language', async () => {
    const agent = {
      greeting: 'Hello.',
      texts: {
        en: { greetingKnown: 'Welcome back, {{caller.first_name}}.' },
        es: { greeting: 'Hola, buenos días.' },
      },
    };
    const known = startCall({ agent, caller: { name: 'Alex Morgan', group: 'primary', language: null } });
    const spanish = startCall({ agent, language: 'es-MX' });
    await known.passes(1);
    await spanish.passes(1);
    expect(known.model.asked).toEqual(['say: Welcome back, Alex.']);
    expect(spanish.model.asked).toEqual(['say: Hola, buenos días.']);
    expect(spanish.model.setup.instructions).toContain('Speak Spanish');
    expect(spanish.model.setup.language).toBe('es-MX');
  });
});
