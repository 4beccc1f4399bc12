import { readFileSync, statSync } from 'node:fs';
import type { Section, Settings } from './setting.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Longest content of a secret's file, in bytes. */
const MAX_BYTES = 65_536;

/** Returns the variable that names the file of a secret: `REDIS_URL_FILE` for `REDIS_URL`. */
export const secretFileOf = (env: string): string => `${env}_FILE`;

export interface ReadSecrets {
  /** The environment with the content of the files in place of the variables that name them. */
  readonly environment: Environment;
  /** Per secret, why its file was not used. */
  readonly unread: ReadonlyMap<string, string>;
}

/**
 * Reads the secrets that files hold, as Docker, Kubernetes and systemd mount them: the value of `NAME` is
 * the content of the file that `NAME_FILE` names. One line end at the end of the file is left out.
 */
export function readSecretFiles(
  sections: readonly Section<Settings>[],
  environment: Environment,
): ReadSecrets {
  const read: Record<string, string | undefined> = { ...environment };
  const unread = new Map<string, string>();
  for (const setting of sections.flatMap(({ settings }) => Object.values(settings))) {
    const variable = secretFileOf(setting.env);
    const file = environment[variable];
    if (!setting.isSecret || !file) continue;
    read[variable] = undefined;
    if (environment[setting.env]) {
      unread.set(setting.env, `${setting.env} and ${variable} are both set: unset one of them.`);
      continue;
    }
    try {
      read[setting.env] = contentOf(file);
    } catch (error) {
      unread.set(setting.env, `${variable} is wrong (${reasonOf(error)}): ${setting.description}`);
    }
  }
  return { environment: read, unread };
}

function contentOf(file: string): string {
  if (statSync(file).size > MAX_BYTES) throw new Error(`the file has more than ${MAX_BYTES} bytes`);
  const content = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  if (content === '') throw new Error('the file is empty');
  return content;
}

/** Returns what is wrong without the path: it may be a secret that was put in the wrong variable. */
function reasonOf(error: unknown): string {
  const { code } = error as { code?: string };
  return code === undefined ? (error as Error).message : `the file cannot be read: ${code}`;
}
