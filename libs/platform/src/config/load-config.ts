import type { Section, Settings, Values } from './setting.ts';

/** Every fault of the environment at once, each with the variable, what is wrong and what it is for. */
export class ConfigurationFault extends Error {
  override readonly name = 'ConfigurationFault';
  constructor(
    readonly service: string,
    readonly faults: readonly string[],
  ) {
    super(
      `${service} cannot start: ${faults.length} setting${faults.length === 1 ? ' is' : 's are'} wrong or missing.\n` +
        faults.map((fault) => `  - ${fault}`).join('\n') +
        `\nSet them in the environment or in .env; docs/configuration.md explains each.`,
    );
  }
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- sections of every shape are merged here (rejection)
type AnySection = Section<any>;
type Merge<Of extends readonly AnySection[]> = Of extends readonly [Section<infer First extends Settings>, ...infer Rest extends readonly AnySection[]]
  ? Values<First> & Merge<Rest>
  : unknown;

/**
 * Reads the sections of one service into one object. An empty variable counts as unset.
 * @throws ConfigurationFault listing every fault
 */
export function loadConfig<const Of extends readonly AnySection[]>(
  service: string,
  sections: Of,
  environment: Record<string, string | undefined>,
): Merge<Of> {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const { settings } of sections) {
    for (const [key, setting] of Object.entries(settings as Settings)) {
      const raw = environment[setting.env];
      const parsed = setting.schema.safeParse(raw === '' ? undefined : raw);
      if (parsed.success) {
        values[key] = parsed.data;
        continue;
      }
      const problem = parsed.error.issues.map((issue) => issue.message).join('; ');
      faults.push(raw ? `${setting.env} is wrong (${problem}): ${setting.description}` : `${setting.env} is not set: ${setting.description}`);
    }
  }
  if (faults.length > 0) throw new ConfigurationFault(service, faults);
  return Object.freeze(values) as Merge<Of>;
}
