import { describe, expect, it } from '@jest/globals';
import type { MessageSocket } from '@tandem/telephony';
import { FencedSocket } from './fenced-socket.ts';
import { MAX_STALL_MS, FreezeDetector } from './freeze-detector.ts';

function frozenRelay() {
  const time = { at: 0, wallAt: 1_000_000 };
  const sent: (string | Uint8Array)[] = [];
  let freezes = 0;
  const metrics = { counters: { freezes: { inc: () => undefined } } } as unknown as ConstructorParameters<
    typeof FreezeDetector
  >[0];
  const watch = new FreezeDetector(metrics, { now: () => time.at, wallTime: () => time.wallAt });
  watch.start(() => void (freezes += 1));
  watch.stop();
  const socket: MessageSocket = {
    listener: null,
    isOpen: true,
    unsentBytes: 0,
    send: (...messages) => void sent.push(...messages),
    close: () => undefined,
    terminate: () => undefined,
  };
  const fenced = new FencedSocket(socket, watch);
  const heard: string[] = [];
  fenced.listener = { onMessage: (data) => void heard.push(data.toString()), onClosed: () => undefined };
  const hears = (text: string) => socket.listener?.onMessage(Buffer.from(text), false);
  const pass = (ms: number, wallMs = ms) => {
    time.at += ms;
    time.wallAt += wallMs;
  };
  return { watch, fenced, sent, heard, hears, pass, freezes: () => freezes };
}

describe('a relay that was frozen', () => {
  it('sends nothing until its ownership is confirmed, and then everything in order', () => {
    const { watch, fenced, sent, pass, freezes } = frozenRelay();
    fenced.send('before');
    pass(MAX_STALL_MS + 1);
    fenced.send('one', 'two');
    fenced.send('three');
    expect(sent).toEqual(['before']);
    expect(freezes()).toBe(1);
    watch.confirm();
    fenced.send('four');
    expect(sent).toEqual(['before', 'one', 'two', 'three', 'four']);
  });

  it('receives nothing until then: the model must not answer in a call of another relay', () => {
    const { watch, fenced, heard, hears, pass } = frozenRelay();
    pass(MAX_STALL_MS + 1);
    hears('one');
    expect(heard).toEqual([]);
    watch.confirm();
    hears('two');
    expect(heard).toEqual(['one', 'two']);
    fenced.mute();
    hears('three');
    expect(heard).toEqual(['one', 'two']);
  });

  it('never sends what was meant for a call that another relay owns by now', () => {
    const { watch, fenced, sent, pass } = frozenRelay();
    pass(MAX_STALL_MS + 1);
    fenced.send('one');
    fenced.mute();
    watch.confirm();
    fenced.send('two');
    expect(sent).toEqual([]);
  });

  it('detects a suspended machine, whose monotonic clock stopped too', () => {
    const { watch, pass, freezes } = frozenRelay();
    pass(0, 60_000);
    watch.start(() => undefined);
    watch.stop();
    expect(watch.isOwnershipConfirmed).toBe(false);
    expect(freezes()).toBe(0);
  });

  it('goes on by itself when Redis does not reply', () => {
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

  it('goes on undisturbed after a short stall', () => {
    const { watch, fenced, sent, pass, freezes } = frozenRelay();
    pass(MAX_STALL_MS);
    fenced.send('one');
    expect([watch.isOwnershipConfirmed, freezes(), sent]).toEqual([true, 0, ['one']]);
  });
});
