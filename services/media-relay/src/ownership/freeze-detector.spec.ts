import { describe, expect, it } from '@jest/globals';
import type { MessageSocket } from '@tandem/telephony';
import { FencedSocket } from './fenced-socket.ts';
import { MAX_STALL_MS, FreezeDetector } from './freeze-detector.ts';

function frozenRelay() {
  const time = { at: 0, wallAt: 1_000_000 };
  const sent: (string | Uint8Array)[] = [];
  let wakes = 0;
  const metrics = { counters: { freezes: { inc: () => undefined } } } as unknown as ConstructorParameters<
    typeof FreezeDetector
  >[0];
  const watch = new FreezeDetector(metrics, { now: () => time.at, wallTime: () => time.wallAt });
  watch.start(() => void (wakes += 1));
  watch.stop();
  const socket: MessageSocket = {
    listener: null,
    isOpen: true,
    unsentBytes: 0,
    send: (...messages) => void sent.push(...messages),
    close: () => undefined,
    terminate: () => undefined,
  };
  const guarded = new FencedSocket(socket, watch);
  const heard: string[] = [];
  guarded.listener = { onMessage: (data) => void heard.push(data.toString()), onClosed: () => undefined };
  const hears = (text: string) => socket.listener?.onMessage(Buffer.from(text), false);
  const pass = (ms: number, wallMs = ms) => {
    time.at += ms;
    time.wallAt += wallMs;
  };
  return { watch, guarded, sent, heard, hears, pass, wakes: () => wakes };
}

describe('a relay that stood still', () => {
  it('says nothing until it knows that its calls are still its own, and then all of it in order', () => {
    const { watch, guarded, sent, pass, wakes } = frozenRelay();
    guarded.send('before');
    pass(MAX_STALL_MS + 1);
    guarded.send('one', 'two');
    guarded.send('three');
    expect(sent).toEqual(['before']);
    expect(wakes()).toBe(1);
    watch.confirm();
    guarded.send('four');
    expect(sent).toEqual(['before', 'one', 'two', 'three', 'four']);
  });

  it('hears nothing either until then: the model must not be asked for a call that is somebody else’s', () => {
    const { watch, guarded, heard, hears, pass } = frozenRelay();
    pass(MAX_STALL_MS + 1);
    hears('one');
    expect(heard).toEqual([]);
    watch.confirm();
    hears('two');
    expect(heard).toEqual(['one', 'two']);
    guarded.mute();
    hears('three');
    expect(heard).toEqual(['one', 'two']);
  });

  it('never says what was meant for a call that is somebody else’s by now', () => {
    const { watch, guarded, sent, pass } = frozenRelay();
    pass(MAX_STALL_MS + 1);
    guarded.send('one');
    guarded.mute();
    watch.confirm();
    guarded.send('two');
    expect(sent).toEqual([]);
  });

  it('notices a suspended machine, whose own clock stood still too', () => {
    const { watch, pass, wakes } = frozenRelay();
    pass(0, 60_000);
    watch.start(() => undefined);
    watch.stop();
    expect(watch.isOwnershipConfirmed).toBe(false);
    expect(wakes()).toBe(0);
  });

  it('goes on by itself when Redis does not answer: a carrier that was told otherwise has closed the stream', () => {
    const { watch, pass } = frozenRelay();
    pass(MAX_STALL_MS + 1);
    expect([watch.isOwnershipConfirmed, watch.shouldRetry]).toEqual([false, true]);
    for (let asked = 0; asked < 31; asked += 1) {
      pass(100);
      watch.beat();
      expect(watch.isOwnershipConfirmed).toBe(false);
    }
    expect(watch.shouldRetry).toBe(false);
  });

  it('for a moment was not away', () => {
    const { watch, guarded, sent, pass, wakes } = frozenRelay();
    pass(MAX_STALL_MS);
    guarded.send('one');
    expect([watch.isOwnershipConfirmed, wakes(), sent]).toEqual([true, 0, ['one']]);
  });
});
