import { ask, call, goodbye, repeat, tell, type Step } from './booking-moves.ts';
import { withoutRequest, type BookingState } from './booking-state.ts';
import { examplesOf } from './booking-steps.ts';
import type { DialogueContext } from '../dialogue.ts';
import type { Command } from '../meaning.ts';
import { CALLBACK, NO_PERSON, requestSummary } from '../wording.ts';

/** Words for commands that cannot be obeyed while a booking is under way. */
const WHILE_BOOKING: Readonly<Partial<Record<Command, string>>> = {
  'start-over': 'I am already booking it, and cannot stop that here.',
  cancel: 'I am already booking it, and cannot stop that here.',
  person: 'One moment, please. I am still booking it, then I can put you through.',
};

/** Returns the step that a command of the caller asks for, or why it must wait for a booking. */
export function obey(state: BookingState, command: Command, context: DialogueContext): Step {
  const understood = { ...state, failures: 0, noises: 0 };
  const isBooking = state.pending.book !== undefined;
  const notNow = isBooking ? WHILE_BOOKING[command] : undefined;
  if (notNow !== undefined) return tell(understood, notNow);
  switch (command) {
    case 'repeat':
      return repeat(understood, context);
    case 'help':
      return ask(understood, context, examplesOf(state));
    case 'person':
      return putThrough(understood, context);
    case 'start-over':
      return ask(withoutRequest(understood), context, 'Let us start again.');
    case 'goodbye':
      return goodbye(
        understood,
        context,
        'caller-done',
        ...(isBooking ? ['I have no answer to the booking yet.', CALLBACK] : []),
      );
    case 'cancel':
      return ask(
        { ...withoutRequest(understood), step: 'more' },
        context,
        'All right, I will not book that.',
      );
  }
}

function putThrough(state: BookingState, context: DialogueContext): Step {
  if (!context.tools.has('transfer')) return ask(state, context, NO_PERSON);
  // The session that puts the caller through tells them so.
  return call(state, 'transfer', {
    department: 'support',
    reason: 'caller-asked',
    summary: requestSummary(state, context),
  });
}
