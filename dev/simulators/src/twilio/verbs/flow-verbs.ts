import { makeSid } from '../reference/sids.ts';
import { NEXT } from './step.ts';
import type { Verb } from './verb-run.ts';

export const redirect: Verb = {
  modes: ['call', 'whisper', 'queue-wait'],
  answers: () => false,
  perform: (element, run) => run.fetch('redirect', element.text, element.attributes.method, {}),
};

export const hangup: Verb = {
  modes: ['call', 'whisper', 'queue-wait'],
  answers: () => true,
  perform: () => ({ kind: 'hangup' }),
};

/** Refuses a call that was not answered yet; on an answered one it is a hang-up. */
export const reject: Verb = {
  modes: ['call'],
  answers: () => false,
  perform: (element, run) =>
    run.call.isAnswered
      ? { kind: 'hangup' }
      : { kind: 'reject', isBusy: element.attributes.reason === 'busy' },
};

/** Ends the wait of a queued call; anywhere else it does nothing. */
export const leave: Verb = {
  modes: ['call', 'queue-wait'],
  answers: () => false,
  perform: (_element, run) => (run.mode === 'queue-wait' ? { kind: 'leave' } : NEXT),
};

/** Recorded in the report; nothing is sent. */
export const message: Verb = {
  modes: ['call'],
  answers: () => false,
  perform(element, run) {
    const { call } = run;
    const isInbound = call.direction === 'inbound';
    const to = element.attributes.to ?? (isInbound ? call.from : call.to);
    const from = element.attributes.from ?? (isInbound ? call.to : call.from);
    const body = element.children.find((child) => child.name === 'Body')?.text ?? element.text;
    call.journal.add({ kind: 'message', to, from, body });
    return run.action(element, { MessageSid: makeSid('SM'), MessageStatus: 'sent' });
  },
};
