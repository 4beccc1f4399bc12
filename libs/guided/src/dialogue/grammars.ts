import { inOrder, maybe, oneOf, type Phrase } from './phrase.ts';
import { service, ordinal, nearDay, part, clock, timeOfDay, dayAndTime } from './booking-phrases.ts';
import { please, hello, wish, want, command, yes, no } from './everyday-phrases.ts';

/*
 * The phrases of each step. A grammar is as small as its step allows: each further phrase can be misheard.
 * Words must be in the CMU dictionary, and every sentence must mean something to `readMeaning`.
 */

/** "no, wednesday": the correction, with or without an objection before it. */
const objection = maybe('no', 'sorry', 'no sorry', 'actually', 'no i said', 'i said', 'i meant');
const correction = inOrder(
  objection,
  oneOf(
    inOrder(maybe('make it', 'how about', 'what about'), nearDay, maybe(part, inOrder('in the', part))),
    inOrder(maybe('in the', 'make it the'), part),
    inOrder(maybe('make it', 'how about'), 'at', clock),
    service,
  ),
  please,
);

const serviceTurn = oneOf(
  inOrder(hello, maybe(wish), service, maybe(dayAndTime), please),
  inOrder(
    hello,
    maybe(want),
    oneOf('book', 'make', 'schedule'),
    'an appointment',
    maybe(inOrder('for', service)),
    maybe(dayAndTime),
    please,
  ),
  inOrder(hello, want, 'book', oneOf('a plumber', 'an electrician'), maybe(dayAndTime), please),
);

function dayTurn(months: readonly string[]): Phrase {
  const date = oneOf(
    inOrder(oneOf(...months), maybe('the'), ordinal),
    inOrder('the', ordinal, maybe(inOrder('of', oneOf(...months)))),
  );
  return oneOf(
    inOrder(
      objection,
      maybe('how about', 'what about', 'maybe'),
      oneOf(nearDay, inOrder(maybe('on'), date)),
      maybe(timeOfDay),
      please,
    ),
    inOrder(maybe('in the'), part, please),
    oneOf('as soon as possible', 'any day'),
    inOrder(objection, service, please),
  );
}

const timeTurn = oneOf(
  inOrder(maybe('in the'), part, please),
  oneOf('any time', "i don't mind", "it doesn't matter", 'either', 'all day'),
  inOrder(maybe('at', 'around'), clock, please),
  correction,
);

const otherwise = oneOf(
  'neither',
  'none of those',
  'another day',
  'a different day',
  'another time',
  'something else',
  'later',
  'earlier',
);

/** `times` are the offered times as they are spoken, such as "ten thirty". */
function offerTurn(times: readonly string[]): Phrase {
  const places = ['first', 'second', 'third'].slice(0, times.length);
  return oneOf(
    inOrder(maybe("i'll take", 'can i have', 'yes'), 'the', oneOf(...places, 'last'), maybe('one'), please),
    inOrder('option', oneOf(...['one', 'two', 'three'].slice(0, times.length))),
    inOrder(
      maybe('at', "i'll take", 'yes', 'yes at'),
      oneOf(...times),
      maybe("o'clock", 'is fine', 'works'),
      please,
    ),
    inOrder(maybe('no'), otherwise),
    yes,
    no,
    correction,
  );
}

const confirmTurn = oneOf(
  yes,
  no,
  correction,
  oneOf('change the day', 'change the time', 'another day', 'another time'),
);

const moreTurn = oneOf(
  inOrder('no', maybe("that's all", "that's it", 'thank you', 'thanks', 'nothing else', 'goodbye')),
  oneOf("that's all", "that's it", 'nothing else', 'thank you', 'thank you goodbye'),
  oneOf('yes', 'yeah', 'yes please'),
  inOrder(maybe('yes'), serviceTurn),
  inOrder(maybe('yes'), oneOf('another appointment', 'one more appointment')),
);

export const GRAMMAR_NAMES = ['service', 'day', 'time', 'offer', 'confirm', 'more'] as const;
export type GrammarName = (typeof GRAMMAR_NAMES)[number];

export interface GrammarFacts {
  /** Offered times as they are spoken, such as "ten thirty"; one at least. Used by `offer`. */
  readonly times: readonly string[];
  /** Names of the months a date may lie in; one at least. Used by `day`. */
  readonly months: readonly string[];
}

/** The phrases of one step. */
export function grammarOf(name: GrammarName, facts: GrammarFacts): Phrase {
  return oneOf(turnOf(name, facts), command);
}

function turnOf(name: GrammarName, facts: GrammarFacts): Phrase {
  switch (name) {
    case 'service':
      return serviceTurn;
    case 'day':
      return dayTurn(facts.months);
    case 'time':
      return timeTurn;
    case 'offer':
      return offerTurn(facts.times);
    case 'confirm':
      return confirmTurn;
    case 'more':
      return moreTurn;
  }
}
