import { ConfigurationFault, readSections, type Environment } from './load-config.ts';
import { isNear } from './near-name.ts';
import { serviceSections } from './services.ts';
import type { Section, Settings } from './setting.ts';

/** Names that are settings of some service. */
export function settingNames(): ReadonlySet<string> {
  const sections: readonly Section<Settings>[] = Object.values(serviceSections).flat();
  return new Set(sections.flatMap(({ settings }) => Object.values(settings).map(({ env }) => env)));
}

/**
 * Checks the settings of a deployment of all services, each fault told once.
 * @param others faults the caller has found
 * @throws ConfigurationFault listing what is wrong, missing or misspelt
 */
export function checkAllServices(environment: Environment, others: readonly string[] = []): void {
  const faults = Object.values(serviceSections).flatMap(
    (sections) => readSections(sections, environment).faults,
  );
  const told = [...new Set([...faults, ...others])];
  const all = [...told, ...misspelt(environment, told)].filter((fault) => !isToldOtherwise(fault, told));
  if (all.length > 0) throw new ConfigurationFault('Tandem', all);
}

/** A setting that is required needs no second sentence about who else needs it. */
function isToldOtherwise(fault: string, told: readonly string[]): boolean {
  const name = /^(\w+) is not set, and /.exec(fault)?.[1];
  return (
    name !== undefined &&
    told.some((other) => other.startsWith(`${name} is not set:`) || other.startsWith(`${name} is not set (`))
  );
}

/** Names like that of a setting that is unset, unless it was told of beside it. */
function misspelt(environment: Environment, told: readonly string[]): string[] {
  const known = settingNames();
  const unset = [...known].filter((name) => !environment[name]);
  return Object.keys(environment)
    .filter(
      (name) =>
        environment[name] && !known.has(name) && !told.some((fault) => fault.includes(`(${name} is;`)),
    )
    .flatMap((name) => {
      const meant = unset.find((candidate) => isNear(name, candidate));
      return meant
        ? [`${name} is not a setting. ${meant} is, and is not set: correct the name, or take it out.`]
        : [];
    });
}
