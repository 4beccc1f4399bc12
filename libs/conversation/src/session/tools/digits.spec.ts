import { describe, expect, it } from '@jest/globals';
import { defineTool, type ToolCallId } from '@tandem/contracts';
import { z } from 'zod';
import { startCall, type CallScene } from '../../testing/index.ts';
import { takeoverOf } from '../history/takeover.ts';

const collect = defineTool({
  name: 'collect_digits',
  description: '',
  place: 'call',
  arguments: z.strictObject({ purpose: z.string(), max_digits: z.number() }),
  cancellable: false,
  deadlineMs: 1_000,
});
const charge = defineTool({
  name: 'charge',
  description: '',
  place: 'worker',
  arguments: z.strictObject({ reference: z.string() }),
  cancellable: false,
  deadlineMs: 8_000,
});
const CARD = '4111111111111111';

class Recording {
  readonly did: string[] = [];
  start = () => void this.did.push('start');
  pause = () => void this.did.push('pause');
  resume = () => void this.did.push('resume');
  finish = () => Promise.resolve(void this.did.push('finish'));
}

async function capturing(maxDigits = 19): Promise<{ call: CallScene; recording: Recording; wish: string }> {
  const recording = new Recording();
  const call = startCall({
    tools: [collect, charge],
    recording,
    agent: { greeting: '', notice: 'This call is recorded.', recording: { mode: 'announced' } },
  });
  await call.passes(1);
  call.model.startResponse();
  const wish = call.model.callsTool({
    name: 'collect_digits',
    arguments: { purpose: 'card number', max_digits: maxDigits },
  });
  call.model.finish('completed');
  await call.passes(1);
  return { call, recording, wish };
}
const everything = (call: CallScene) =>
  JSON.stringify([
    call.log.facts,
    call.model.asked,
    call.model.notes,
    [...call.model.toolResults],
    call.model.setup.history(),
  ]);

describe('digits typed in secret', () => {
  it('reach neither the model nor the log nor the transcript; a tool gets them by reference', async () => {
    const { call, recording, wish } = await capturing();
    expect(call.model.asked.at(-1)).toContain('say: Please type the number on your keypad');
    for (const digit of `${CARD}#`) {
      call.stream.press(digit);
      await call.passes(300);
    }
    const result = JSON.parse(call.model.toolResults.get(wish)!) as {
      result: { reference: string; digits: number };
    };
    expect(result.result).toEqual({ reference: 'digits_1', digits: 16 });
    expect(everything(call)).not.toContain('4111');
    expect(call.log.of('digit.pressed')).toEqual([]);
    expect(call.log.of('digits.captured')[0]).toMatchObject({ count: 16, outcome: 'entered' });
    expect(recording.did).toEqual(['start', 'pause', 'resume']);
    call.model.startResponse();
    call.model.callsTool({ name: 'charge', arguments: { reference: 'digits_1' } });
    expect(call.toolDispatcher.calls[0]?.context.secureDigits).toEqual({ digits_1: CARD });
    expect(everything(call)).not.toContain('4111');
  });

  it('are typed in silence: the model hears none of the caller’s voice until they are done', async () => {
    const { call } = await capturing();
    const heard: Uint8Array[] = [];
    call.model.pushAudio = (frame) => void heard.push(frame.bytes);
    for (let frame = 0; frame < 100; frame += 1) call.stream.speak(20);
    expect(heard).toHaveLength(100);
    expect(heard.every((bytes) => bytes.every((byte) => byte === 0xff))).toBe(true);
    call.stream.press('1');
    call.stream.press('#');
    await call.passes(1);
    call.stream.speak(20);
    expect(heard.at(-1)!.every((byte) => byte === 0x55)).toBe(true);
  });

  it('stop the explanation with the first key', async () => {
    const { call } = await capturing();
    call.model.says('Please type the number on your keypad and end with the hash key.', {
      durationMs: 4_000,
    });
    await call.passes(500);
    call.stream.press('4');
    expect(call.stream.clears).toHaveLength(1);
  });

  it('start over with one star and are given up with two', async () => {
    const { call, wish } = await capturing();
    for (const digit of '123*4711#') call.stream.press(digit);
    await call.passes(1);
    expect(call.model.toolResults.get(wish)).toContain('"digits":4');
    const other = await capturing();
    for (const digit of '12**') other.call.stream.press(digit);
    await other.call.passes(1);
    expect(other.call.model.toolResults.get(other.wish)).toContain('caller-gave-up');
    expect(other.recording.did).toEqual(['start', 'pause', 'resume']);
  });

  it('are masked when the caller types on after the last one needed', async () => {
    const { call, wish } = await capturing(4);
    for (const digit of CARD) {
      call.stream.press(digit);
      await call.passes(1_500);
    }
    expect(call.model.toolResults.get(wish)).toContain('"digits":4');
    call.stream.press('#');
    await call.passes(5_000);
    expect(call.model.notes).toEqual([]);
    expect(call.log.of('digit.pressed')).toEqual([]);
    call.stream.press('2');
    await call.passes(2_000);
    expect(call.model.notes).toEqual(['The caller pressed on the keypad: 2']);
  });

  it('are masked when they come a moment after the time-out', async () => {
    const { call } = await capturing();
    await call.passes(30_500);
    for (const digit of '4111') call.stream.press(digit);
    await call.passes(10_000);
    expect(everything(call)).not.toContain('4111');
    call.stream.press('1');
    await call.passes(2_000);
    expect(call.model.notes).toHaveLength(1);
  });

  it('that the caller began to type too early never reach the model', async () => {
    const call = startCall({ tools: [collect], agent: { greeting: '' } });
    await call.passes(1);
    call.model.startResponse();
    for (const digit of '411') call.stream.press(digit);
    call.model.callsTool({ name: 'collect_digits', arguments: { purpose: 'card number', max_digits: 16 } });
    call.model.finish('completed');
    await call.passes(5_000);
    expect(call.model.notes).toEqual([]);
  });

  it('stay masked when another relay takes the call over in the middle', async () => {
    const call = startCall({
      tools: [collect],
      agent: { greeting: '' },
      takeover: (nowMs) =>
        takeoverOf([
          {
            type: 'tool.called',
            data: {
              toolCallId: 'tc_1' as ToolCallId,
              providerCallId: 'p1',
              name: 'collect_digits',
              arguments: {},
              atMs: 0,
            },
            seq: 1,
            epoch: 1,
            at: nowMs,
          },
        ]),
    });
    await call.passes(1);
    for (const digit of '4111') call.stream.press(digit);
    await call.passes(5_000);
    expect(everything(call)).not.toContain('4111');
    expect(call.model.toolResults.get('p1')).toContain('cancelled');
    call.model.startResponse();
    const wish = call.model.callsTool({
      name: 'collect_digits',
      arguments: { purpose: 'card number', max_digits: 4 },
    });
    for (const digit of '4111') call.stream.press(digit);
    await call.passes(1);
    expect(call.model.toolResults.get(wish)).toContain('"digits":4');
  });

  it('time out', async () => {
    const { call, wish } = await capturing();
    call.stream.press('4');
    await call.passes(31_000);
    expect(call.model.toolResults.get(wish)).toContain('nothing-typed');
    expect(call.log.of('idle.prompted')).toEqual([]);
  });

  it('end with the call, and the recording with them', async () => {
    const { call, recording } = await capturing();
    call.stream.press('4');
    call.stream.leave('caller-hangup');
    await call.passes(3_000);
    expect(recording.did).toContain('finish');
    expect(call.clock.pendingTimers).toBe(0);
    expect(everything(call)).not.toContain('4111');
  });
});

describe('digits typed openly', () => {
  it('go to the model as one entry and to the tools that follow', async () => {
    const call = startCall({ tools: [charge], agent: { greeting: '' } });
    await call.passes(1);
    for (const digit of '4711#') call.stream.press(digit);
    await call.passes(1);
    expect(call.model.notes).toEqual(['The caller pressed on the keypad: 4711#']);
    call.model.startResponse();
    call.model.callsTool({ name: 'charge', arguments: { reference: 'x' } });
    expect(call.toolDispatcher.calls[0]?.context.keypad).toBe('4711#');
  });

  it('without end are one entry of bounded length, not an answer each', async () => {
    const call = startCall({ agent: { greeting: '' } });
    await call.passes(1);
    for (let key = 0; key < 1_000; key += 1) {
      call.stream.press(String(key % 10));
      await call.passes(20);
    }
    expect(call.model.notes).toEqual([]);
    await call.passes(2_000);
    expect(call.model.notes).toHaveLength(1);
    expect(call.model.notes[0]?.length).toBeLessThan(100);
    expect(call.model.asked.filter((asked) => asked === 'reply')).toHaveLength(1);
    expect(call.termination).toBeNull();
  });
});
