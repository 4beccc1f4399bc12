import { parseArgs } from 'node:util';

export const HELP = `Places a simulated Twilio call and plays the caller.

Usage
  node dev/simulators/dist/twilio/cli.js call --voice-url URL --auth-token TOKEN [options]
  node dev/simulators/dist/twilio/cli.js scenarios

The call
  --to NUMBER               called number, E.164          (default +14155550199)
  --from NUMBER             calling number                (default +14155550100)
  --voice-url URL           the number's voice webhook; a #fragment sets timeouts and retries
  --fallback-url URL        what is asked when the webhook fails
  --status-callback URL     gets ringing, answered and completed
  --auth-token TOKEN        signs the webhooks; the same as the application's (or TWILIO_AUTH_TOKEN)
  --account-sid AC...       (default: a random one, or TWILIO_ACCOUNT_SID)
  --duplicates N            delivers the voice webhook N times at once, 1 to 5

The caller
  --scenario NAME|FILE      a scenario by name, or a JSON file        (default greeting)
  --lines FOLDER            recordings of the caller's lines, WAV; without it the caller speaks in tones.
                            "Yes, please." is FOLDER/yes-please.wav
The outcome
  --json                    prints the whole report as JSON instead of the walk
  --recording FILE.wav      keeps both sides: caller left, agent right
  --help

Exit codes
  0  every expectation of the scenario was met
  1  the call took place, an expectation was not met
  2  the command line is wrong
  3  the call was not answered, or ended with an application error
`;

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface CallCommand {
  readonly to: string;
  readonly from: string;
  readonly voiceUrl: string;
  readonly fallbackUrl: string | null;
  readonly statusCallback: string | null;
  readonly authToken: string;
  readonly accountSid: string | null;
  readonly duplicates: number;
  readonly scenario: string;
  readonly lines: string | null;
  readonly isJson: boolean;
  readonly recording: string | null;
}

export type Command =
  { readonly name: 'help' } | { readonly name: 'scenarios' } | ({ readonly name: 'call' } & CallCommand);

const OPTIONS = {
  to: { type: 'string', default: '+14155550199' },
  from: { type: 'string', default: '+14155550100' },
  'voice-url': { type: 'string' },
  'fallback-url': { type: 'string' },
  'status-callback': { type: 'string' },
  'auth-token': { type: 'string' },
  'account-sid': { type: 'string' },
  duplicates: { type: 'string', default: '1' },
  scenario: { type: 'string', default: 'greeting' },
  lines: { type: 'string' },
  json: { type: 'boolean', default: false },
  recording: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

type Values = ReturnType<typeof parse>['values'];
type UrlOption = 'voice-url' | 'fallback-url' | 'status-callback';

function optionalUrl(values: Values, name: UrlOption): string | null {
  const value = values[name];
  if (value === undefined) return null;
  if (!URL.canParse(value) || !/^https?:/.test(value))
    throw new UsageError(`--${name} needs an http or https URL, not "${value}".`);
  return value;
}

function readCall(values: Values, environment: Environment): CallCommand {
  const voiceUrl = optionalUrl(values, 'voice-url');
  const authToken = values['auth-token'] ?? environment.TWILIO_AUTH_TOKEN ?? '';
  if (voiceUrl === null) throw new UsageError('--voice-url is missing.');
  if (authToken === '') throw new UsageError('--auth-token is missing, and so is TWILIO_AUTH_TOKEN.');
  if (!/^[1-5]$/.test(values.duplicates))
    throw new UsageError(`--duplicates goes from 1 to 5, not "${values.duplicates}".`);
  const { to, from, scenario, lines = null, recording = null, json: isJson } = values;
  return {
    to,
    from,
    voiceUrl,
    fallbackUrl: optionalUrl(values, 'fallback-url'),
    statusCallback: optionalUrl(values, 'status-callback'),
    authToken,
    accountSid: values['account-sid'] ?? environment.TWILIO_ACCOUNT_SID ?? null,
    duplicates: Number(values.duplicates),
    scenario,
    lines,
    isJson,
    recording,
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the command line. Throws `UsageError` with one sentence about the fault. */
export function readCommand(args: readonly string[], environment: Environment): Command {
  const { values, positionals } = parse(args);
  const [name, ...rest] = positionals;
  if (values.help || args.length === 0) return { name: 'help' };
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is not expected here.`);
  switch (name) {
    case 'call':
      return { name, ...readCall(values, environment) };
    case 'scenarios':
      return { name };
    case undefined:
      throw new UsageError('A command is missing: call or scenarios.');
    default:
      throw new UsageError(`There is no command "${name}".`);
  }
}
