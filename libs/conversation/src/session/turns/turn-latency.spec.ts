import { describe, expect, it } from '@jest/globals';
import { startCall } from '../../testing/index.ts';

describe('the caller’s wait', () => {
  it('is measured from the end of their speech to their ear, in its parts', async () => {
    const call = startCall({ agent: { greeting: '' } });
    await call.agentSays('Hello.', 500);
    call.model.hearsCallerStart();
    await call.passes(1_000);
    call.model.hearsCallerStop(540);
    await call.passes(300);
    call.model.says('Which day?', { durationMs: 800 });
    await call.passes(2_000);
    const measured = Object.fromEntries(call.log.of('latency.measured').map(({ kind, ms }) => [kind, ms]));
    expect(measured).toMatchObject({
      'answer-to-first-audio': 0,
      'end-pointing': 540,
      model: 300,
      relay: 0,
      'caller-to-agent': 300,
    });
    expect(measured['caller-to-heard']).toBe(
      measured['end-pointing']! + measured['model']! + measured['relay']! + measured['playout']!,
    );
  });

  it('names the utterance that was answered, and when it was measured', async () => {
    const call = startCall({ agent: { greeting: '' } });
    await call.agentSays('Hello.', 500);
    await call.callerSays('Tuesday, please');
    await call.agentSays('Of course.', 500);
    await call.passes(2_000);
    const [asked] = call.log.of('caller.spoke');
    const parts = call.log
      .of('latency.measured')
      .filter(({ kind }) => ['end-pointing', 'model', 'relay', 'playout', 'caller-to-heard'].includes(kind));
    expect(parts).toHaveLength(5);
    expect(new Set(parts.map(({ itemId }) => itemId))).toEqual(new Set([asked?.itemId]));
    for (const { atMs } of parts) expect(atMs).toBeGreaterThanOrEqual(asked!.endedAtMs);
  });

  it('of an interruption ends when the line is silent', async () => {
    const call = startCall({ agent: { greeting: '' } });
    await call.passes(1);
    call.model.begins('A long sentence', { durationMs: 3_000 });
    await call.passes(500);
    call.model.hearsCallerStart();
    await call.passes(50);
    expect(call.log.of('latency.measured').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['interruption-to-clear', 'interruption-to-silence']),
    );
    const [cut] = call.log.of('agent.spoke');
    expect(cut).toMatchObject({ interrupted: true, generatedMs: 3_000 });
    expect(
      call.log
        .of('latency.measured')
        .flatMap(({ kind, itemId }) => (kind.startsWith('interruption') ? [itemId] : [])),
    ).toEqual([cut?.itemId, cut?.itemId]);
    expect(`${cut?.text} ${cut?.unheard}`.trim()).toBe('A long sentence');
  });

  it('is not counted for an unanswered turn', async () => {
    const call = startCall({ agent: { greeting: '' } });
    await call.agentSays('Hello.', 500);
    await call.callerSays('Well');
    await call.callerSays('let me think');
    await call.agentSays('Of course.', 500);
    expect(call.log.of('latency.measured').filter(({ kind }) => kind === 'caller-to-agent')).toHaveLength(1);
  });
});
