import { describe, expect, it } from '@jest/globals';
import type { NewCallEvent, TerminationReason, ToolCallId } from '@tandem/contracts';
import { foldCall } from './fold-call.ts';
import {
  admitted,
  attached,
  called,
  callerSpoke,
  callId,
  ended,
  finished,
  log,
  tenantId,
  toolCallId,
} from './test/call-log.ts';

describe('the disposition of a call', () => {
  it('is to-confirm where the caller heard that the booking is uncertain', () => {
    const events = log(
      [0, admitted],
      [300, attached()],
      [1000, callerSpoke('Nine please', 1000)],
      [3000, called],
      [11_000, finished({ status: 'timed-out' })],
      [12_000, ended('agent-goodbye')],
    );
    expect(
      foldCall(callId, tenantId, events, { bookings: [{ reference: 'K48213', toolCallId }], unread: 0 })
        ?.disposition,
    ).toEqual({ outcome: 'to-confirm', detail: 'K48213 is booked, and the caller does not know' });
    expect(foldCall(callId, tenantId, events)?.disposition).toEqual({
      outcome: 'to-confirm',
      detail: 'nothing is booked, and the caller does not know',
    });
  });

  describe('with more bookings than the caller was told of', () => {
    const second = `tc_${callId}_1_call_2` as ToolCallId;
    const again = (fact: NewCallEvent): NewCallEvent =>
      ({ ...fact, data: { ...fact.data, toolCallId: second, providerCallId: 'call_2' } }) as NewCallEvent;
    const booked = (reference: string): NewCallEvent => finished({ status: 'ok', value: { reference } });
    const dispositionOf = (
      outcomes: [first: NewCallEvent, second: NewCallEvent],
      ...references: [string, ToolCallId][]
    ) => {
      const talk = log(
        [0, admitted],
        [300, attached()],
        [1000, callerSpoke('Nine please', 1000)],
        [3000, called],
        [11_000, outcomes[0]],
        [12_000, again(called)],
        [12_100, again(outcomes[1])],
        [20_000, ended('agent-goodbye')],
      );
      return foldCall(callId, tenantId, talk, {
        bookings: references.map(([reference, id]) => ({ reference, toolCallId: id })),
        unread: 0,
      })?.disposition;
    };
    const timedOut = finished({ status: 'timed-out' });

    it('is to-confirm for the untold booking, and names the told one', () => {
      const detail = 'K48213 is booked, and the caller does not know; the caller knows of M10022';
      expect(dispositionOf([timedOut, booked('M10022')], ['K48213', toolCallId], ['M10022', second])).toEqual(
        { outcome: 'to-confirm', detail },
      );
      expect(dispositionOf([booked('M10022'), timedOut], ['M10022', toolCallId], ['K48213', second])).toEqual(
        { outcome: 'to-confirm', detail },
      );
    });

    it('is booked once a repetition has returned the first booking', () => {
      expect(dispositionOf([timedOut, booked('K48213')], ['K48213', toolCallId])).toEqual({
        outcome: 'booked',
        detail: 'K48213',
      });
      expect(dispositionOf([booked('K48213'), booked('K48213')], ['K48213', toolCallId])).toEqual({
        outcome: 'booked',
        detail: 'K48213',
      });
    });

    it('names every booking that was told', () => {
      expect(
        dispositionOf([booked('K48213'), booked('M10022')], ['K48213', toolCallId], ['M10022', second]),
      ).toEqual({ outcome: 'booked', detail: 'K48213, M10022' });
    });
  });

  it('is not abandoned when the caller spoke without a transcript or pressed a key', () => {
    const unknown = callerSpoke('', 1000);
    const handled = { outcome: 'handled', detail: 'the agent said goodbye' };
    const spoke = foldCall(
      callId,
      tenantId,
      log([0, admitted], [300, attached()], [1000, unknown], [9000, ended('agent-goodbye')]),
    );
    expect(spoke?.utterances).toMatchObject([
      { speaker: 'caller', text: '', startedAtMs: 1000, endedAtMs: 1500 },
    ]);
    expect(spoke?.disposition).toEqual(handled);
    const pressed: NewCallEvent = { type: 'digit.pressed', data: { digit: '2', atMs: 1000 } };
    const captured: NewCallEvent = {
      type: 'digits.captured',
      data: { reference: 'd1', count: 4, outcome: 'entered', atMs: 1000 },
    };
    for (const keys of [pressed, captured])
      expect(
        foldCall(
          callId,
          tenantId,
          log([0, admitted], [300, attached()], [1000, keys], [9000, ended('agent-goodbye')]),
        )?.disposition,
      ).toEqual(handled);
    expect(
      foldCall(callId, tenantId, log([0, admitted], [300, attached()], [9000, ended('agent-goodbye')]))
        ?.disposition,
    ).toEqual({ outcome: 'abandoned', detail: 'the caller said nothing' });
  });

  it('names who ended a call: an operator, the agent of a silent caller, or the caller', () => {
    const dispositionOf = (reason: TerminationReason, ...facts: [number, NewCallEvent][]) => {
      const { termination: how, disposition } = foldCall(
        callId,
        tenantId,
        log([0, admitted], [300, attached()], ...facts, [9000, ended(reason)]),
      )!;
      return [how?.class, disposition?.outcome, disposition?.detail];
    };
    const talked: [number, NewCallEvent] = [1000, callerSpoke('A plumber please', 1000)];
    expect(dispositionOf('operator-ended', talked)).toEqual([
      'operator',
      'ended-by-operator',
      'an operator ended the call',
    ]);
    expect(dispositionOf('operator-ended')).toEqual([
      'operator',
      'ended-by-operator',
      'an operator ended the call',
    ]);
    expect(dispositionOf('caller-silent', talked)).toEqual([
      'caller',
      'ended-by-agent',
      'the caller had fallen silent',
    ]);
    expect(dispositionOf('no-progress', talked)).toEqual([
      'caller',
      'ended-by-agent',
      'the conversation led nowhere',
    ]);
    expect(dispositionOf('caller-silent')).toEqual(['caller', 'abandoned', 'the caller said nothing']);
    expect(dispositionOf('caller-hangup', talked)).toEqual([
      'caller',
      'ended-by-caller',
      'the caller hung up in the conversation',
    ]);
    expect(dispositionOf('media-errors', talked)).toEqual(['caller', 'failed', 'media-errors']);
  });
});
