import { Problem } from '@tandem/platform';

/** Refusals of the routes of numbers, by the outcome of the repository. */
const REFUSALS = {
  'not-found': {
    status: 404,
    code: 'number-not-found',
    title: 'No such number',
    detail: 'There is no phone number of ours with this id. Ask for the list.',
  },
  'number-exists': {
    status: 409,
    title: 'The number exists already',
    detail:
      'This number is in use in this installation, maybe in another way of writing it. If it is yours and ' +
      'not in your list, ask those who run the installation.',
  },
  'too-many-numbers': {
    status: 422,
    title: 'Too many numbers',
    detail: 'A tenant may have 500 numbers. Delete one that is not needed.',
  },
  'unknown-group': {
    status: 422,
    title: 'No such group',
    detail: 'One of allowedGroups is not a group of callers. Make it first, or check its key.',
  },
  'unknown-agent': {
    status: 422,
    title: 'No such agent',
    detail: 'There is no agent with this agentId. Ask for the list of agents.',
  },
  'nobody-may-call': {
    status: 422,
    title: 'Nobody could call',
    detail: 'A number that takes only callers on a list needs at least one group in allowedGroups.',
  },
  'never-open': {
    status: 422,
    title: 'It would never be open',
    detail:
      'A number that is not always open needs opening hours: PUT /v1/numbers/{id}/opening-hours sets both.',
  },
} as const satisfies Record<string, { status: number; code?: string; title: string; detail: string }>;

export type NumberRefusal = keyof typeof REFUSALS;

export function numberRefused(outcome: NumberRefusal): Problem {
  const { status, title, detail, ...rest } = REFUSALS[outcome];
  return new Problem(status, 'code' in rest ? rest.code : outcome, title, detail);
}
