import { describe, expect, it } from '@jest/globals';
import { RealtimeScene } from '../testing/realtime-scene.ts';

describe('words of a caller who hangs up while speaking', () => {
  it("are on record without a fault when the commit crosses the server's own", async () => {
    const call = new RealtimeScene();
    await call.greeted();
    const item_id = 'said_last';
    call.server.says({ type: 'input_audio_buffer.speech_started', item_id });
    await call.callerSounds(500);
    call.stream.leave('caller-hangup');
    await call.passes(1);
    expect(call.server.received.at(-1)).toEqual({ type: 'input_audio_buffer.commit' });

    const error = {
      type: 'invalid_request_error',
      code: 'input_audio_buffer_commit_empty',
      message: 'Error committing input audio buffer: buffer too small.',
      event_id: null,
    };
    call.server.says(
      { type: 'input_audio_buffer.speech_stopped', item_id, audio_end_ms: 0 },
      { type: 'input_audio_buffer.committed', item_id },
      { type: 'error', error },
    );
    call.words(item_id, 'And one more th—');
    await call.passes(100);
    expect(call.log.transcript().at(-1)).toBe('caller: And one more th—');
    expect(call.faults).toEqual([]);
  });
});
