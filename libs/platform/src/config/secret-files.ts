import { readFileSync, statSync } from 'node:fs';
import type { Section, Settings } from './setting.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Longest content of a secret's file, in bytes. */
const MAX_BYTES = 65_536;
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Returns the variable that names the file of a secret: `REDIS_URL_FILE` for `REDIS_URL`. */
export const secretFileOf = (env: string): string => `${env}_FILE`;

export interface ReadSecrets {
  /** The environment with the content of the files in place of the variables that name them. */
  readonly environment: Environment;
  /** Per secret, why its file was not used. */
  readonly unread: ReadonlyMap<string, string>;
  /** Secrets whose value came from a file. */
  readonly fromFiles: ReadonlySet<string>;
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
  const fromFiles = new Set<string>();
  for (const { env, isSecret, description } of sections.flatMap(({ settings }) => Object.values(settings))) {
    const variable = secretFileOf(env);
    if (!isSecret || !environment[variable]) continue;
    read[variable] = undefined;
    try {
      read[env] = secretOf(environment, env);
      fromFiles.add(env);
    } catch (error) {
      unread.set(env, `${(error as Error).message}: ${description}`);
    }
  }
  return { environment: read, unread, fromFiles };
}

/**
 * Returns the value of a secret: of its variable, or of the file that `<name>_FILE` names; undefined when
 * neither is set.
 * @throws Error whose message names the variable and what is wrong with it
 */
export function secretOf(environment: Environment, env: string): string | undefined {
  const variable = secretFileOf(env);
  const file = environment[variable];
  if (!file) return environment[env] || undefined;
  if (environment[env]) throw new Error(`${env} and ${variable} are both set (unset one of them)`);
  try {
    return contentOf(file);
  } catch (error) {
    throw new Error(`${variable} is wrong (${reasonOf(error)})`, { cause: error });
  }
}

function contentOf(file: string): string {
  const stat = statSync(file);
  if (!stat.isFile()) throw new Error('it names no ordinary file');
  if (stat.size > MAX_BYTES) throw new Error(`the file has more than ${MAX_BYTES} bytes`);
  const content = textOf(readFileSync(file)).replace(/\r?\n$/, '');
  if (content === '') throw new Error('the file is empty');
  if (CONTROL.test(content)) throw new Error('the file holds more than one line, or control characters');
  return content;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('the file is no text in UTF-8');
  }
}

/** Returns what is wrong without the path: it may be a secret that was put in the wrong variable. */
function reasonOf(error: unknown): string {
  const { code } = error as { code?: string };
  return code === undefined ? (error as Error).message : `the file cannot be read: ${code}`;
}
