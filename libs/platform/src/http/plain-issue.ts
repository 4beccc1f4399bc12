import type { z } from 'zod';

type RawIssue = z.core.$ZodRawIssue;
type IssueOf<Code extends string> = Extract<RawIssue, { readonly code: Code }>;

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  date: 'a date',
};

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'must be an id (a UUID)',
  datetime: 'must be a time in ISO 8601 with its offset, such as 2027-03-01T09:00:00-05:00',
  date: 'must be a day as YYYY-MM-DD',
  time: 'must be a time of day as HH:MM',
  email: 'must be an e-mail address',
  url: 'must be a web address',
};

const SIZES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
  map: ['entry', 'entries'],
};

/** Returns an issue as the predicate of its field's name; undefined keeps the schema's own message. */
export function plainIssue(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return wrongKind(issue);
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return (
        'must ' +
        `${sizeOf(issue.origin, issue.inclusive === false ? 'less than' : 'at most', Number(issue.maximum))}`
      );
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'has a form that is not allowed';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return unionOf(issue);
    case 'unrecognized_keys':
      return allowedKeys(issue);
    default:
      return undefined;
  }
}

function wrongKind({ input, expected }: IssueOf<'invalid_type'>): string {
  if (input === undefined) return 'is missing';
  return `must be ${KINDS[expected] ?? expected}`;
}

function tooSmall({ origin, inclusive, minimum }: IssueOf<'too_small'>): string {
  if (origin === 'string' && Number(minimum) === 1) return 'must not be empty';
  return `must ${sizeOf(origin, inclusive === false ? 'more than' : 'at least', Number(minimum))}`;
}

function sizeOf(origin: string, bound: string, limit: number): string {
  const unit = SIZES[origin];
  return unit ? `have ${bound} ${limit} ${unit[limit === 1 ? 0 : 1]}` : `be ${bound} ${limit}`;
}

function unionOf({ input, options }: IssueOf<'invalid_union'>): string {
  if (input === undefined) return 'is missing';
  return Array.isArray(options) && options.length > 0
    ? `must be one of ${options.map(String).join(', ')}`
    : 'has none of the forms it may have';
}

/** Returns the message for unknown fields, with the names of the known ones. */
function allowedKeys({ inst }: IssueOf<'unrecognized_keys'>): string {
  const { shape = {} } = ((inst as z.core.$ZodType | undefined)?._zod.def ?? {}) as {
    readonly shape?: object;
  };
  const allowed = Object.keys(shape);
  return allowed.length > 0
    ? `there is no such field; the fields are ${allowed.join(', ')}`
    : 'there is no such field';
}
