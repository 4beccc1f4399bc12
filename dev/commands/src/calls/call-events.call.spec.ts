import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { scripted } from '@tandem/simulators';
import { answer, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

describe('the events of a call', () => {
  let platform: RunningPlatform;
  beforeAll(async () => {
    platform = await RunningPlatform.start();
  });
  afterAll(() => platform.stop());

  it('tell its start while it runs, and its end with the transcript afterwards', async () => {
    platform.model.behaviour = scripted({ turns: [], otherwise: 'I see.' });
    const call = platform.ring();
    await answer(call);
    await call.waitForSpeech();
    const callId = await platform.callIdOf(call.sid);
    const types = async () =>
      (
        await platform.sql<{ type: string }>(
          'SELECT type FROM outbox_events WHERE subject_id = $1 ORDER BY sequence',
          callId,
        )
      ).map(({ type }) => type);
    await platform.eventually(types, (told) => told.length > 0, 'the start of the call', 30_000);
    expect(await types()).toEqual(['call.started']);
    call.hangup();
    await call.ended;
    await platform.recorded(call.sid);
    expect(await types()).toEqual(['call.started', 'call.ended', 'transcript.ready']);
  });
});
