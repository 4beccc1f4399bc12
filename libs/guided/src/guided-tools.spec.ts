import { describe, expect, it } from '@jest/globals';
import { FAKE_TOOLS, fakeTool } from './testing/guided-scene.ts';
import { confirming, greeted, ok, SLOT } from './testing/guided-talk.ts';

describe('a guided session and its tools', () => {
  it('takes a result together with what the caller said meanwhile', async () => {
    const scene = await greeted();
    await scene.says('plumbing tomorrow morning');
    scene.look();
    scene.calling(() =>
      scene.session.sendToolResult(
        scene.toolCalls[0]!.providerCallId,
        JSON.stringify(ok({ slots: [{ start: SLOT }] })),
      ),
    );
    await scene.speaks(400);
    await scene.passes(1);
    const said = scene.look().filter((event) => event.startsWith('says'));
    expect(said).toEqual([
      'says: For tomorrow, Tuesday, March 3rd I have one time: nine in the morning. Shall I take it?',
    ]);
  });

  it('answers an empty wish for words with an empty response', async () => {
    const scene = await greeted();
    await scene.asks({ kind: 'reply' });
    expect(scene.look()).toEqual(['response started', 'response completed']);
  });

  it('takes no tool whose arguments it does not know, says so above, and is honest below', async () => {
    const strict = FAKE_TOOLS.map((tool) =>
      tool.name === 'check_availability'
        ? { ...tool, parse: () => ({ ok: false as const, problem: 'needs a postcode' }) }
        : tool,
    );
    const scene = await greeted({ tools: strict });
    await scene.says('plumbing tomorrow morning');
    const events = scene.look();
    expect(scene.faults.map(({ code }) => code)).toEqual(['tool-arguments']);
    expect(events).toContain(
      'says: I could not read the calendar just now. Nothing is booked. Shall I try once more?',
    );
    expect(events.filter((event) => event.startsWith('calls'))).toEqual([]);
  });

  it('gives a closed list only what is on it', async () => {
    const listed = FAKE_TOOLS.map((tool) =>
      tool.name === 'end_call' ? fakeTool('end_call', { reason: { enum: ['done'] } }) : tool,
    );
    const scene = await greeted({ tools: listed });
    await scene.says('goodbye');
    expect(scene.look()).toContain('calls end_call {"reason":"done"}');
  });

  it('holds a time first where its tool asks for that, and says that the caller has agreed', async () => {
    const asking = FAKE_TOOLS.map((tool) =>
      tool.name === 'book_appointment'
        ? {
            ...fakeTool(tool.name, { service: {}, start: {}, name: {}, confirmed: { type: 'boolean' } }),
            confirm: 'when-confirmed' as const,
          }
        : tool,
    );
    const scene = await greeted({ tools: asking });
    await scene.says('plumbing tomorrow morning');
    await scene.toolAnswers(ok({ slots: [{ start: SLOT, resource: 'Ann' }] }));
    scene.look();
    await scene.says('yes');
    const wanted = `{"service":"plumbing","start":"${SLOT}"`;
    expect(scene.look()).toContain(`calls book_appointment ${wanted}}`);
    await scene.toolAnswers({ status: 'refused', reason: 'not-confirmed', message: 'Ask them.' });
    expect(scene.look().join()).toContain('Shall I book it?');
    await scene.says('yes');
    expect(scene.look()).toContain(`calls book_appointment ${wanted},"confirmed":true}`);
  });

  it('does not mind results nobody asked for, nor nonsense', async () => {
    const scene = await greeted();
    scene.calling(() => scene.session.sendToolResult('nobody', '{}'));
    await scene.says('plumbing tomorrow morning');
    scene.look();
    scene.calling(() => scene.session.sendToolResult(scene.toolCalls[0]!.providerCallId, 'not JSON'));
    await scene.asks({ kind: 'reply' });
    expect(scene.look()[1]).toMatch(/^says: I could not read the calendar/);
  });

  it('takes keys for answers', async () => {
    const scene = await greeted();
    scene.calling(() => scene.session.addNote('The caller pressed on the keypad: 2#'));
    await scene.asks({ kind: 'reply' });
    expect(scene.look()[1]).toBe('says: A visit for heating. Which day suits you?');
    scene.calling(() => scene.session.addNote('An operator says: be quick, 3 calls wait.'));
    await scene.asks({ kind: 'reply' });
    expect(scene.look()).toEqual(['response started', 'response completed']);
  });

  it.each([
    [ok({ reference: 'K48' }), 'it is booked. Your reference is K48.'],
    [{ status: 'refused', reason: 'slot-taken', message: '' }, 'nothing is booked.'],
  ])('tells the outcome of a booking that had timed out: %j', async (output, words) => {
    const scene = await confirming();
    await scene.says('yes');
    await scene.toolAnswers({ status: 'timed-out', message: '' });
    expect(scene.look().join()).toContain('I am not certain whether the appointment was made.');
    await scene.asks({
      kind: 'instruct',
      instruction: `It has ended after all: ${JSON.stringify(output)} Tell the caller, then go on.`,
    });
    expect(scene.look()[1]).toMatch(`says: The booking system has answered after all: ${words}`);
  });

  it('uses the tools of now', async () => {
    const scene = await greeted({ tools: [] });
    scene.calling(() => scene.session.change({ tools: FAKE_TOOLS }));
    await scene.says('plumbing tomorrow morning');
    expect(scene.toolCalls[0]?.name).toBe('check_availability');
  });
});
