import { describe, expect, it } from '@jest/globals';
import { echo, scripted } from '@tandem/simulators';
import { open, push, refusals, silence, speech } from './test/simulated-endpoint.ts';

describe('talking', () => {
  it('passes audio both ways without changing a byte', async () => {
    const { ready, listener } = await open({ behaviour: echo() });
    const { session, far } = await ready();
    const said = [...silence(200), ...speech(900), ...silence(600)];
    push(session, said);
    await listener.until('response completed');
    expect(far.received.equals(Buffer.concat(said))).toBe(true);
    const [[item, heard] = []] = [...listener.audio];
    expect(Buffer.concat(heard!).equals(far.sentFor(item!))).toBe(true);
    expect(far.received.includes(Buffer.concat(heard!))).toBe(true);
  });

  it('reports the caller’s speech, the reply and the late words in order', async () => {
    const { ready, listener } = await open({
      behaviour: scripted({ turns: [{ say: 'Which day?' }] }),
      callerLines: ['A plumber, please.'],
    });
    const { session } = await ready();
    push(session, [...silence(200), ...speech(900), ...silence(600)]);
    await listener.until('caller: A plumber, please.');
    await listener.until('response completed');
    expect(listener.told.filter((told) => !told.startsWith('caller:'))).toEqual([
      'ready',
      'caller started',
      'caller stopped',
      'response started',
      'audio',
      'item done',
      'response completed',
    ]);
    expect([...listener.texts.values()]).toEqual(['Which day?']);
    expect(listener.usages[0]?.outputAudioTokens).toBeGreaterThan(0);
    expect(listener.usages[0]!.cachedAudioTokens).toBeLessThanOrEqual(listener.usages[0]!.inputAudioTokens);
  });

  it.each([
    ['gpt-live-transcribe', { transcriptionMs: 1_000, inputAudioTokens: 0, outputTextTokens: 0 }],
    ['gpt-4o-transcribe', { transcriptionMs: 0, inputAudioTokens: 9, outputTextTokens: 5 }],
  ])('reports what %s bills for the words of the caller', async (transcriptionModel, usage) => {
    const { ready, listener } = await open(
      { behaviour: scripted({ turns: [] }), callerLines: ['A plumber, please.'] },
      { transcriptionModel },
    );
    const { session } = await ready();
    push(session, [...speech(600), ...silence(400)]);
    await listener.until('caller: A plumber, please.');
    expect(listener.billed).toEqual([[transcriptionModel, expect.objectContaining(usage)]]);
  });

  it('says given words, in order, one response at a time', async () => {
    const { ready, listener } = await open({ behaviour: scripted({ turns: [] }) });
    const { session, far } = await ready();
    session.respond({ kind: 'say', text: 'Good morning.' });
    session.respond({ kind: 'say', text: 'How can I help?' });
    await listener.until('response completed', 2);
    expect([...listener.texts.values()]).toEqual(['Good morning.', 'How can I help?']);
    expect(refusals(far)).toEqual({});
  });

  it('reports a tool call, sends its result, and gets the reply', async () => {
    const { ready, listener } = await open({
      behaviour: scripted({
        turns: [
          {
            call: { name: 'book_appointment', arguments: { service: 'plumbing' } },
            then: { say: 'Booked for {{result.start}}.' },
          },
        ],
      }),
    });
    const { session } = await ready();
    session.respond({ kind: 'reply' });
    await listener.until('response completed');
    const [call] = listener.toolCalls;
    expect(call).toMatchObject({ name: 'book_appointment', argumentsJson: '{"service":"plumbing"}' });
    session.sendToolResult(call!.providerCallId, JSON.stringify({ status: 'ok', result: { start: 'nine' } }));
    session.respond({ kind: 'reply' });
    await listener.until('response completed', 2);
    expect([...listener.texts.values()]).toEqual(['Booked for nine.']);
  });

  it('cancels a response, forgets those waiting, and truncates within what was received', async () => {
    const { ready, listener } = await open({
      behaviour: scripted({ turns: [] }),
      pace: { firstByteMs: 5, deltaMs: 100, audioRate: 4 },
    });
    const { session, far } = await ready();
    session.respond({
      kind: 'say',
      text: 'A very long sentence that would take quite a while to say to the very end of it.',
    });
    session.respond({ kind: 'say', text: 'Never said.' });
    await listener.until('audio');
    session.cancelResponse();
    const [item] = [...listener.audio.keys()];
    session.truncate(item!, 1e9);
    await listener.until('response cancelled');
    await far.waitFor((event) => event.type === 'conversation.item.truncated');
    const [truncated] = far.sentEvents('conversation.item.truncated');
    expect(truncated!['audio_end_ms']).toBeLessThanOrEqual(
      Buffer.concat(listener.audio.get(item!)!).length / 8 + 100,
    );
    expect(refusals(far)).toEqual({});
    session.cancelResponse(); // nothing runs: harmless
    session.addNote('The caller pressed 5.');
    await far.waitFor(
      (event) =>
        event.type === 'conversation.item.added' && JSON.stringify(event.event).includes('pressed 5'),
    );
    session.addCallerText('A plumber, please.');
    await far.waitFor(
      (event) =>
        event.type === 'conversation.item.added' &&
        /"role":"user".*A plumber, please\./.test(JSON.stringify(event.event)),
    );
    expect(listener.told.filter((told) => told === 'response started')).toHaveLength(1);
    expect(listener.faults).toEqual([]);
  });

  it(
    'waits its turn with words that must be said when the server was first, and drops a reply that is no ' +
      'longer needed',
    async () => {
      const { ready, listener } = await open({ behaviour: scripted({ turns: [{ say: 'My own answer.' }] }) });
      const { session, far } = await ready();
      push(session, [...silence(200), ...speech(900), ...silence(600)]);
      await far.waitFor((event) => event.direction === 'out' && event.type === 'response.created');
      session.respond({ kind: 'say', text: 'Please hold on.' });
      await listener.until('response completed', 2);
      expect([...listener.texts.values()]).toEqual(['My own answer.', 'Please hold on.']);
      expect(listener.faults).toEqual([]);
    },
  );

  it('applies changes while it runs', async () => {
    const { ready } = await open();
    const { session, far } = await ready();
    session.change({
      instructions: 'Be brief.',
      turnOwner: 'session',
      noiseReduction: 'far_field',
      language: 'es-MX',
      tools: [],
    });
    await far.waitFor(
      (event) =>
        event.direction === 'out' &&
        event.type === 'session.updated' &&
        JSON.stringify(event.event).includes('Be brief.'),
    );
    expect(far.config).toMatchObject({
      audio: {
        input: {
          noise_reduction: { type: 'far_field' },
          transcription: { languages: ['es'] },
          turn_detection: { create_response: false, interrupt_response: false },
        },
      },
      tools: [],
    });
    session.change({ noiseReduction: 'off' });
    await far.waitFor((event) => event.direction === 'out' && event.type === 'session.updated', {
      fromNow: true,
    });
    expect(refusals(far)).toEqual({});
  });

  it('reports the words of a caller who was still speaking when the line closed', async () => {
    const { ready, listener } = await open({
      behaviour: scripted({ turns: [] }),
      callerLines: ['And one more th—'],
    });
    const { session } = await ready();
    push(session, [...silence(200), ...speech(900)]);
    await listener.until('caller started');
    session.finishInput();
    await listener.until('caller: And one more th—');
    expect(listener.told).not.toContain('response started');
  });

  it('does not wait for words that could not be transcribed', async () => {
    const { ready, listener, simulator } = await open({ behaviour: scripted({ turns: [] }) });
    simulator.faults.add({ kind: 'fail-transcription' });
    const { session } = await ready();
    push(session, [...silence(200), ...speech(900), ...silence(600)]);
    await listener.until('caller: words unknown');
  });
});
