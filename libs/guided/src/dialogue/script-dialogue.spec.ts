import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import type { DialogueContext, DialogueInput, DialogueMove, ToolRole } from './dialogue.ts';
import { SCRIPT_DISCLOSURE, scriptDialogue } from './script-dialogue.ts';
import type { ScriptState } from './script-moves.ts';

const NOW = DateTime.fromISO('2026-03-02T08:10:00', { zone: 'America/New_York' });
const PROMPT: DialogueInput = { kind: 'prompted', isQuestionHeard: true };
const SOUND = { kind: 'unheard', isInterruption: false, isQuestionHeard: true } as const;
const SLOTS = {
  status: 'ok',
  value: { slots: [{ start: '2026-03-03T09:00:00.000-05:00', resource: 'Ann' }] },
} as const;

function conversation(tools: readonly ToolRole[] = ['check', 'book', 'end']) {
  const context: DialogueContext = {
    companyName: 'Northwind',
    today: NOW.startOf('day'),
    now: NOW,
    tools: new Set(tools),
  };
  let state: ScriptState = scriptDialogue.begin();
  let last: readonly DialogueMove[] = [];
  return {
    takes(input: DialogueInput): string {
      const step = scriptDialogue.step(state, input, context);
      state = step.state;
      last = step.moves;
      return last.flatMap((move) => (move.kind === 'say' ? [move.text] : [])).join(' ');
    },
    answers(result: Extract<DialogueInput, { kind: 'tool-result' }>['result'], callNumber = state.calls) {
      return this.takes({ kind: 'tool-result', callNumber, result });
    },
    get asks() {
      const call = last.find((move) => move.kind === 'call');
      return call ? { tool: call.tool, arguments: call.arguments } : null;
    },
  };
}

describe('the scripted demo', () => {
  it('says that it understands nothing, and books one visit by itself', () => {
    const call = conversation();
    expect(call.takes(PROMPT)).toBe(`Hello, this is Northwind. ${SCRIPT_DISCLOSURE}`);
    expect(call.takes(PROMPT)).toBe('');
    expect(call.takes(SOUND)).toBe('Let us say you need a plumber. I am looking for a free time tomorrow.');
    expect(call.asks).toEqual({
      tool: 'check',
      arguments: { service: 'plumbing', date: '2026-03-03', partOfDay: 'any' },
    });
    expect(call.takes(SOUND)).toBe('');
    expect(call.answers(SLOTS)).toBe(
      'The first free time is tomorrow, Tuesday, March 3rd, at nine in the morning. I book it next, as ' +
        'an example. Press 2 if you do not want that.',
    );
    expect(call.takes(SOUND)).toBe('I am booking it now.');
    expect(call.asks).toEqual({
      tool: 'book',
      arguments: { service: 'plumbing', start: '2026-03-03T09:00:00.000-05:00' },
    });
    expect(call.answers({ status: 'ok', value: { reference: 'NW-7' } })).toBe(
      'It is booked. The reference is NW-7.',
    );
    expect(call.takes(SOUND)).toBe('This is the end of the demo. Thank you for calling. Goodbye.');
    expect(call.asks).toEqual({ tool: 'end', arguments: { reason: 'caller-done' } });
    expect(call.takes(SOUND)).toBe('');
  });

  it('says again what it is when that was talked over', () => {
    const call = conversation();
    call.takes(PROMPT);
    expect(call.takes({ ...SOUND, isQuestionHeard: false })).toBe(SCRIPT_DISCLOSURE);
    expect(call.takes(SOUND)).toMatch(/^Let us say/);
  });

  it('books nothing when the caller presses 2', () => {
    const call = conversation();
    call.takes(SOUND);
    call.takes(SOUND);
    call.answers(SLOTS);
    expect(call.takes({ kind: 'keys', digits: '2', isQuestionHeard: true })).toBe(
      'All right, nothing is booked. This is the end of the demo. Thank you for calling. Goodbye.',
    );
    expect(call.asks?.tool).toBe('end');
  });

  it('leaves out the greeting when somebody else has greeted, never what it is', () => {
    const call = conversation();
    expect(call.takes({ kind: 'said' })).toBe('');
    expect(call.takes(SOUND)).toBe(SCRIPT_DISCLOSURE);
  });

  it.each([{ status: 'failed' } as const, { status: 'ok', value: { slots: [] } } as const])(
    'ends without a booking when the calendar says %j',
    (result) => {
      const call = conversation();
      call.takes(SOUND);
      call.takes(SOUND);
      expect(call.answers(result)).toBe('The calendar has no free time for me, so I book nothing.');
    },
  );

  it('is honest about a booking that is not certain', () => {
    const call = conversation();
    call.takes(SOUND);
    call.takes(SOUND);
    call.answers(SLOTS);
    call.takes(SOUND);
    expect(call.answers({ status: 'timed-out' })).toBe(
      'I am not certain whether the appointment was made. A colleague will check and call you back to ' +
        'confirm.',
    );
  });

  it('does not mind answers to questions it has not asked', () => {
    const call = conversation();
    call.takes(SOUND);
    expect(call.answers(SLOTS, 7)).toBe('');
  });

  it('has nothing to do without a calendar', () => {
    const call = conversation(['end']);
    call.takes(SOUND);
    expect(call.takes(SOUND)).toBe('I have no calendar here, so there is nothing to book.');
  });

  it('understands no words', () => {
    expect(
      scriptDialogue.listensFor(scriptDialogue.begin(), {
        companyName: '',
        today: NOW,
        now: NOW,
        tools: new Set(),
      }),
    ).toBeNull();
  });
});
