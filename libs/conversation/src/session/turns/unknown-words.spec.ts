import { describe, expect, it } from '@jest/globals';
import { startCall, type CallScene } from '../../testing/index.ts';

const UNWRITTEN = 'note: The caller said something here that was not written down.';

async function talking(): Promise<CallScene> {
  const call = startCall({ agent: { greeting: 'Hello.', idle: { afterMs: 0 } } });
  await call.passes(1);
  await call.agentSays('Hello.', 500);
  return call;
}

async function callerSounds(call: CallScene, ms = 1_000) {
  call.model.hearsCallerStart();
  await call.passes(ms);
  return call.model.hearsCallerStop();
}

/** The history a model session opened now would get. */
const history = (call: CallScene) =>
  call.model.setup.history().map((item) => ('text' in item ? `${item.kind}: ${item.text}` : item.kind));

describe('a turn of the caller whose words stay unknown', () => {
  it('is logged with its time and without words, and a new session knows of it', async () => {
    const call = await talking();
    call.model.understands(await callerSounds(call), null);
    expect(call.log.of('caller.spoke')).toMatchObject([{ text: '', startedAtMs: 521, endedAtMs: 1_521 }]);
    expect(history(call)).toEqual(['agent: Hello.', UNWRITTEN]);
  });

  it('is logged even if the model never reports on it', async () => {
    const call = await talking();
    await callerSounds(call);
    await call.passes(9_900);
    expect(call.log.of('caller.spoke')).toEqual([]);
    await call.passes(200);
    expect(call.log.of('caller.spoke')).toMatchObject([{ text: '', startedAtMs: 521, endedAtMs: 1_521 }]);
    expect(call.session.handOver(false)).toBe(true);
  });

  it('gets its words when they come after all', async () => {
    const call = await talking();
    const item = await callerSounds(call);
    await call.passes(12_000);
    call.model.understands(item, 'I need a plumber.');
    expect(call.log.of('caller.spoke')).toMatchObject([
      { text: '' },
      { text: 'I need a plumber.', startedAtMs: 521, endedAtMs: 1_521 },
    ]);
    expect(history(call)).toEqual(['agent: Hello.', 'caller: I need a plumber.']);
  });

  it('is logged when the call ends before they could come', async () => {
    const call = await talking();
    await callerSounds(call);
    call.stream.leave('caller-hangup');
    await call.passes(2_000);
    expect(call.log.of('caller.spoke')).toMatchObject([{ text: '' }]);
    expect(call.clock.pendingTimers).toBe(0);
  });

  it('is not logged when the transcription finds no words in it', async () => {
    const call = await talking();
    call.model.understands(await callerSounds(call), '');
    await call.passes(12_000);
    expect(call.log.of('caller.spoke')).toEqual([]);
    expect(history(call)).toEqual(['agent: Hello.']);
  });

  it('is not logged when it is the click of hanging up', async () => {
    const call = await talking();
    await callerSounds(call, 100);
    call.stream.leave('caller-hangup');
    await call.passes(2_000);
    expect(call.log.of('caller.spoke')).toEqual([]);
  });

  it('is logged with its reason, once per reason', async () => {
    const call = await talking();
    for (const code of ['model_not_found', 'model_not_found', 'audio_unintelligible']) {
      const item = await callerSounds(call);
      call.model.transcriptionFails(item, code);
    }
    expect(call.log.of('transcription.failed').map(({ code }) => code)).toEqual([
      'model_not_found',
      'audio_unintelligible',
    ]);
    expect(call.log.of('caller.spoke')).toHaveLength(3);
  });
});
