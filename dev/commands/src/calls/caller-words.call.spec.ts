import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { scripted } from '@tandem/simulators';
import { answer, RunningPlatform, words } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
});
afterAll(() => platform.stop());
beforeEach(() => {
  platform.model.faults.clear();
  platform.model.behaviour = scripted({ turns: [], otherwise: 'Of course. Which day would suit you best?' });
});

describe('a call whose words cannot be found out', () => {
  it('is answered, handled and on record with its turns; the reason is logged and counted', async () => {
    platform.model.behaviour = scripted({
      turns: [
        { say: 'I see.' },
        { say: 'Goodbye.', call: { name: 'end_call', arguments: { reason: 'caller-done' } } },
      ],
    });
    platform.model.faults.add({ kind: 'fail-transcription' });
    const call = platform.ring();
    await answer(call);
    await answer(call);
    const report = await call.ended;
    expect(report.endedBy).toBe('hangup-verb');
    const { transcript, outcome } = await platform.recorded(call.sid);
    expect(outcome).toBe('handled');
    expect(transcript.filter(({ speaker }) => speaker === 'caller')).toMatchObject([
      { text: '', isTranscribed: false },
      { text: '', isTranscribed: false },
    ]);
    expect(await platform.metric('relay-1', 'tandem_transcription_failures_total')).toMatch(
      /code="audio_unintelligible".*} 1$/m,
    );
    expect(await platform.metric('relay-1', 'tandem_turns_without_words_total')).toMatch(/ 2$/m);
    expect(platform.lines.filter((line) => line.includes('transcription of the caller failed'))).toHaveLength(
      1,
    );
  });
});

describe('an answer that the provider cuts off', () => {
  it('is gone on with, and counted', async () => {
    platform.model.behaviour = scripted({
      turns: [
        { say: 'We have an opening on Tuesday at nine in the morning and another one at eleven.' },
        { say: 'And on Wednesday the whole afternoon.' },
      ],
    });
    platform.model.faults.add({
      kind: 'fail-response',
      as: 'max_output_tokens',
      response: 'each',
      audioMs: 1_200,
      times: 1,
    });
    await platform.withAgent({ greeting: 'Hello.' }, async () => {
      const call = platform.ring();
      await answer(call);
      await call.waitForSpeech();
      await call.waitForSilence(1_000);
      call.hangup();
      await call.ended;
      const spoken = (await platform.recorded(call.sid)).transcript
        .filter(({ speaker }) => speaker === 'agent')
        .map(({ text }) => text);
      expect(spoken).toEqual([
        'Hello.',
        expect.stringMatching(/^We have an opening/),
        'And on Wednesday the whole afternoon.',
      ]);
      expect(spoken[1]).not.toContain('eleven');
      expect(await platform.metric('relay-1', 'tandem_model_responses_faulted_total')).toMatch(
        /status="incomplete",reason="max_output_tokens".*} 1$/m,
      );
    });
  });
});

describe('a line that makes sounds without words', () => {
  it('is asked whether anybody is there, and then ended', async () => {
    platform.model.addCallerLines({ lines: Array.from({ length: 20 }, () => '') });
    await platform.withAgent({ idle: { afterMs: 2_500, maxPrompts: 1 } }, async () => {
      const call = platform.ring();
      let isOver = false;
      void call.ended.then(() => (isOver = true));
      await call.waitForSpeech();
      await call.waitForSilence(600);
      for (let times = 0; times < 15 && !isOver; times += 1) {
        await Promise.race([call.say(words(700)), call.ended]);
        await Promise.race([new Promise((resolve) => setTimeout(resolve, 1_500)), call.ended]);
      }
      expect((await call.ended).endedBy).toBe('hangup-verb');
      const { transcript, termination, outcome } = await platform.recorded(call.sid);
      expect(termination).toEqual({ class: 'caller', reason: 'caller-silent' });
      expect(transcript.map(({ text }) => text)).toContain('Are you still there?');
      expect(outcome).toBe('abandoned');
    });
  });
});
