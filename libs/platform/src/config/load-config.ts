import { isNear } from './near-name.ts';
import { readSecretFiles, secretFileOf } from './secret-files.ts';
import type { Section, Setting, Settings, Values } from './setting.ts';

/** The environment cannot be used; lists every fault with its variable, what is wrong and what it is for. */
export class ConfigurationFault extends Error {
  override readonly name = 'ConfigurationFault';
  constructor(
    readonly service: string,
    readonly faults: readonly string[],
  ) {
    super(
      `${service} cannot start: ${faults.length} setting${faults.length === 1 ? ' is' : 's are'} wrong ` +
        `or missing.\n` +
        faults.map((fault) => `  - ${fault}`).join('\n') +
        `\nSet them in the environment (for npm start also in .env), secrets also in files (NAME_FILE); ` +
        `docs/configuration.md explains each.`,
    );
  }
}

// Sections of every shape are merged here.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnySection = Section<any>;
type Merge<Of extends readonly AnySection[]> = Of extends readonly [
  Section<infer First extends Settings>,
  ...infer Rest extends readonly AnySection[],
]
  ? Values<First> & Merge<Rest>
  : unknown;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the sections of one service into one object. An empty variable counts as unset, and so does a
 * port that is the address of a service ({@link fromServiceLinks}). Secrets may be in files
 * ({@link readSecretFiles}).
 * @throws ConfigurationFault listing every fault
 */
export function loadConfig<const Of extends readonly AnySection[]>(
  service: string,
  sections: Of,
  environment: Environment,
): Merge<Of> {
  const { values, faults } = readSections(sections, environment);
  if (faults.length > 0) throw new ConfigurationFault(service, faults);
  return Object.freeze(values) as Merge<Of>;
}

/** Returns the values of all valid settings, and a sentence for each invalid one. */
export function readSections(
  sections: readonly AnySection[],
  given: Environment,
): { values: Record<string, unknown>; faults: string[] } {
  const { environment, unread, fromFiles } = readSecretFiles(sections as readonly Section<Settings>[], given);
  const faults: string[] = [...unread.values()];
  const values: Record<string, unknown> = {};
  const settings = sections.flatMap((section) => Object.entries(section.settings as Settings));
  for (const [key, setting] of settings) {
    const raw = isServiceLink(setting, environment) ? undefined : environment[setting.env] || undefined;
    const parsed = setting.schema.safeParse(raw);
    if (parsed.success) values[key] = parsed.data;
    else if (raw === undefined) {
      if (!unread.has(setting.env)) faults.push(unset(setting, environment));
    } else
      faults.push(
        `${nameOf(setting, fromFiles)} is wrong ` +
          `(${parsed.error.issues.map((issue) => issue.message).join('; ')}): ${setting.description}`,
      );
    if (raw !== undefined)
      faults.push(
        ...combinationFaults(
          setting,
          settings.map(([, other]) => other),
          environment,
        ),
      );
  }
  return { values, faults };
}

function nameOf({ env }: Setting<unknown>, fromFiles: ReadonlySet<string>): string {
  return fromFiles.has(env) ? `${env}, read from ${secretFileOf(env)},` : env;
}

/**
 * Returns what is wrong with a setting in combination with others: half of a pair, or one of two that exclude
 * each other.
 */
function combinationFaults(
  setting: Setting<unknown>,
  all: readonly Setting<unknown>[],
  environment: Environment,
): string[] {
  const { env, needs = [], excludes } = setting;
  const missing = needs
    .map((need) => [need].flat())
    .filter((names) => !names.some((name) => environment[name]));
  const incomplete = missing.map(
    (names) =>
      `${names.join(' or ')} is not set, and ${env} needs it: ` +
      `${all.find((other) => other.env === names[0])?.description ?? ''}`,
  );
  return excludes && environment[excludes]
    ? [...incomplete, `${env} and ${excludes} are both set: unset one of them.`]
    : incomplete;
}

function unset({ env, description }: Setting<unknown>, environment: Environment): string {
  const names = [env, secretFileOf(env)];
  const written = Object.keys(environment).find(
    (name) => environment[name] && names.some((meant) => isNear(name, meant)),
  );
  return `${env} is not set${written ? ` (${written} is; is it misspelt?)` : ''}: ${description}`;
}

/**
 * Returns the variables that should be ports and hold an address. Kubernetes sets
 * `CRM_API_PORT=tcp://10.96.12.7:8082` in every pod beside a Service named `crm-api`, unless the pod says
 * `enableServiceLinks: false`; Docker's links did the same.
 */
export function fromServiceLinks(sections: readonly AnySection[], environment: Environment): string[] {
  return sections.flatMap(({ settings }) =>
    Object.values(settings as Settings)
      .filter((setting) => isServiceLink(setting, environment))
      .map(({ env }) => env),
  );
}

function isServiceLink(setting: Setting<unknown>, environment: Environment): boolean {
  return setting.isPort === true && /^(?:tcp|udp|sctp):\/\//.test(environment[setting.env] ?? '');
}
