import { ORDINALS, WEEKDAYS } from './calendar-words.ts';
import { inOrder, maybe, oneOf } from './phrase.ts';

/* The phrases a booking is made of, for the grammars of its steps: service, day and time. */

/** The days of a month. */
const ORDINAL_DAYS = [...ORDINALS.keys()].filter((word) => word !== 'last');

/**
 * Hours a visit may begin at. Six and seven are left out: on a telephone line "six" is hardly told from
 * "eight".
 */
const MORNING_HOURS = ['eight', 'nine', 'ten', 'eleven'];
const AFTERNOON_HOURS = ['twelve', 'one', 'two', 'three', 'four', 'five'];

const PLUMBING = [
  ...[
    'plumbing',
    'a plumber',
    'plumber',
    'a leak',
    'a water leak',
    'a leaking pipe',
    'a burst pipe',
    'my pipe is leaking',
  ],
  ...['a blocked drain', 'a blocked toilet'],
];
const HEATING = [
  'heating',
  'a boiler',
  'boiler',
  'a broken boiler',
  'my boiler is broken',
  'no heating',
  'a cold radiator',
];
const ELECTRICAL = [
  'electrical',
  'electrical work',
  'an electrician',
  'electrician',
  'a broken socket',
  'a power cut',
  'no power',
];

export const service = oneOf(...PLUMBING, ...HEATING, ...ELECTRICAL);
const weekday = oneOf(...WEEKDAYS);
export const ordinal = oneOf(...ORDINAL_DAYS);
export const nearDay = oneOf(
  'today',
  'tomorrow',
  'the day after tomorrow',
  inOrder(maybe('on', 'next', 'this'), weekday),
);

export const part = oneOf('morning', 'afternoon');
export const clock = oneOf(
  inOrder(oneOf(...MORNING_HOURS), maybe('thirty'), maybe('a m')),
  inOrder(oneOf(...AFTERNOON_HOURS), maybe('thirty'), maybe('p m')),
  inOrder(oneOf(...MORNING_HOURS, ...AFTERNOON_HOURS), "o'clock"),
  inOrder('half past', oneOf(...MORNING_HOURS, ...AFTERNOON_HOURS)),
  'noon',
);
export const timeOfDay = oneOf(part, inOrder('in the', part), inOrder('at', clock));
export const dayAndTime = inOrder(nearDay, maybe(timeOfDay));
