import { ConfigurationFault, readSections, type Environment } from './load-config.ts';
import { isNear } from './near-name.ts';
import { readSecretFiles, secretFileOf } from './secret-files.ts';
import { serviceSections } from './services.ts';
import type { Section, Settings } from './setting.ts';

const allSections = (): readonly Section<Settings>[] => Object.values(serviceSections).flat();

/** Returns the variables of all services, those that name files of secrets among them. */
export function settingNames(): ReadonlySet<string> {
  const settings = allSections().flatMap((section) => Object.values(section.settings));
  return new Set(
    settings.flatMap(({ env, isSecret }) => (isSecret === true ? [env, secretFileOf(env)] : [env])),
  );
}

/**
 * Returns the environment with the secrets that files hold. What names a file that cannot be used stays as it
 * is, for the check of all settings to report.
 */
export function withSecretFiles(environment: Environment): Environment {
  const { environment: read, unread } = readSecretFiles(allSections(), environment);
  const kept: Record<string, string | undefined> = { ...read };
  for (const env of unread.keys()) kept[secretFileOf(env)] = environment[secretFileOf(env)];
  return kept;
}

/**
 * Checks the settings of a deployment of all services; each fault is reported once.
 * @param others further faults to report with them
 * @throws ConfigurationFault listing what is wrong, missing or misspelt
 */
export function checkAllServices(environment: Environment, others: readonly string[] = []): void {
  const faults = Object.values(serviceSections).flatMap(
    (sections) => readSections(sections, environment).faults,
  );
  const reported = [...new Set([...faults, ...others])];
  const all = [...reported, ...misspelt(environment, reported)].filter(
    (fault) => !isReported(fault, reported),
  );
  if (all.length > 0) throw new ConfigurationFault('Tandem', all);
}

/** Returns whether a missing setting is reported already, so that no second sentence says who needs it. */
function isReported(fault: string, reported: readonly string[]): boolean {
  const name = /^(\w+) is not set, and /.exec(fault)?.[1];
  return (
    name !== undefined &&
    reported.some(
      (other) => other.startsWith(`${name} is not set:`) || other.startsWith(`${name} is not set (`),
    )
  );
}

/** Returns faults for variables that look like an unset setting, unless its own fault names them. */
function misspelt(environment: Environment, reported: readonly string[]): string[] {
  const known = settingNames();
  const unset = [...known].filter((name) => !environment[name]);
  return Object.keys(environment)
    .filter(
      (name) =>
        environment[name] && !known.has(name) && !reported.some((fault) => fault.includes(`(${name} is;`)),
    )
    .flatMap((name) => {
      const meant = unset.find((candidate) => isNear(name, candidate));
      return meant
        ? [`${name} is not a setting. ${meant} is, and is not set: correct the name, or take it out.`]
        : [];
    });
}
