import { parseArgs } from 'node:util';
import { ASTERISK_PEOPLE } from '../call/people.ts';
import { type Release, RELEASES } from '../reference/release.ts';

const PEOPLE_NAMES = Object.keys(ASTERISK_PEOPLE) as (keyof typeof ASTERISK_PEOPLE)[];

export const HELP = `Places a simulated call through an Asterisk dialplan and plays the caller.

Usage
  node dev/simulators/dist/asterisk/cli.js call --url URL --secret SECRET [options]
  node dev/simulators/dist/asterisk/cli.js check FILE
  node dev/simulators/dist/asterisk/cli.js scenarios

The call
  --to NUMBER               dialled number, E.164         (default +14155550199)
  --from NUMBER             calling number                (default +14155550100)
  --url URL                 call-ingress with its path, such as http://127.0.0.1:8080/asterisk
  --secret SECRET           ASTERISK_SECRET of call-ingress (or that variable)
  --codec NAME              slin or slin16                (default slin16)
  --release VERSION         behaves as this Asterisk: ${Object.keys(RELEASES).join(', ')} (default 22.10)

The PBX
  --dialplan FILE           an extensions.conf            (default deploy/asterisk/extensions.conf)
  --context NAME            where calls enter it          (default tandem)
  --people NAME             what people do who are dialled (default acceptsByKey):
                            ${PEOPLE_NAMES.join(', ')}
  --ami-port PORT           manager interface, user tandem, secret ami-secret (default a free port)
  --ari-port PORT           REST interface, user tandem, password ari-secret  (default a free port)

The caller
  --scenario NAME|FILE      a scenario by name, or a JSON file        (default greeting)
  --lines FOLDER            recordings of the caller's lines, WAV; without it the caller speaks in tones.
                            "Yes, please." is FOLDER/yes-please.wav
The outcome
  --json                    prints the whole report as JSON instead of the walk
  --recording FILE.wav      keeps both sides: caller left, agent right
  --help

check reads a dialplan and tells the first line that the simulator does not support.

Exit codes
  0  every expectation of the scenario was met; the dialplan is supported
  1  the call took place, an expectation was not met; the dialplan is not supported
  2  the command line is wrong
  3  the call was not connected to a relay
`;

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface CallCommand {
  readonly to: string;
  readonly from: string;
  readonly url: string;
  readonly secret: string;
  readonly codec: string;
  readonly release: Release;
  readonly dialplan: string | null;
  readonly context: string;
  readonly people: keyof typeof ASTERISK_PEOPLE;
  readonly amiPort: number;
  readonly ariPort: number;
  readonly scenario: string;
  readonly lines: string | null;
  readonly isJson: boolean;
  readonly recording: string | null;
}

export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'scenarios' }
  | { readonly name: 'check'; readonly file: string }
  | ({ readonly name: 'call' } & CallCommand);

const OPTIONS = {
  to: { type: 'string', default: '+14155550199' },
  from: { type: 'string', default: '+14155550100' },
  url: { type: 'string' },
  secret: { type: 'string' },
  codec: { type: 'string', default: 'slin16' },
  release: { type: 'string', default: '22.10' },
  dialplan: { type: 'string' },
  context: { type: 'string', default: 'tandem' },
  people: { type: 'string', default: 'acceptsByKey' },
  'ami-port': { type: 'string', default: '0' },
  'ari-port': { type: 'string', default: '0' },
  scenario: { type: 'string', default: 'greeting' },
  lines: { type: 'string' },
  json: { type: 'boolean', default: false },
  recording: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** The names of all options, without dashes. */
export const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

type Environment = Readonly<Record<string, string | undefined>>;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

type Values = ReturnType<typeof parse>['values'];

function oneOf<T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found !== undefined) return found;
  throw new UsageError(`--${option} is one of ${known.join(', ')}, not "${value}".`);
}

function port(option: string, value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= 65_535) return number;
  throw new UsageError(`--${option} is a port from 0 to 65535, not "${value}".`);
}

function readCall(values: Values, environment: Environment): CallCommand {
  const { url = '', to, from, dialplan = null, context, scenario, lines = null, recording = null } = values;
  const secret = values.secret ?? environment.ASTERISK_SECRET ?? '';
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new UsageError(`--url needs an http or https URL, not "${url}".`);
  if (secret === '') throw new UsageError('--secret is missing, and so is ASTERISK_SECRET.');
  return {
    to,
    from,
    url: url.replace(/\/+$/, ''),
    secret,
    codec: oneOf('codec', values.codec, ['slin', 'slin16']),
    release: oneOf('release', values.release, Object.keys(RELEASES) as Release[]),
    dialplan,
    context,
    people: oneOf('people', values.people, PEOPLE_NAMES),
    amiPort: port('ami-port', values['ami-port']),
    ariPort: port('ari-port', values['ari-port']),
    scenario,
    lines,
    isJson: values.json,
    recording,
  };
}

/** Reads the command line. Throws `UsageError` with one sentence about the fault. */
export function readCommand(args: readonly string[], environment: Environment): Command {
  const { values, positionals } = parse(args);
  const [name, ...rest] = positionals;
  if (values.help || args.length === 0) return { name: 'help' };
  const file = name === 'check' ? rest.shift() : undefined;
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is not expected here.`);
  switch (name) {
    case 'call':
      return { name, ...readCall(values, environment) };
    case 'check':
      if (file === undefined) throw new UsageError('check needs a file.');
      return { name, file };
    case 'scenarios':
      return { name };
    case undefined:
      throw new UsageError('A command is missing: call, check or scenarios.');
    default:
      throw new UsageError(`There is no command "${name}".`);
  }
}
