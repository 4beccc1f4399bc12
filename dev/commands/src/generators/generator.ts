import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkoutRoot } from '@tandem/stack';
import { format, resolveConfig } from 'prettier';
import type { Names } from './names.ts';

const TEMPLATES = join(checkoutRoot, 'dev/commands/src/generators/templates');

/** Text that is put into a file that exists. */
export interface Insertion {
  /** Found once in the file. */
  readonly anchor: string | RegExp;
  readonly text: string;
  readonly where: 'before' | 'after';
}

export type Change =
  /** A file made from a template of `templates/`. */
  | { readonly path: string; readonly template: string }
  | { readonly path: string; readonly insert: readonly Insertion[] };

export interface Generator {
  readonly name: string;
  /** One line for the help. */
  readonly about: string;
  /** Its parts are named `<feature>/<name>`, after the folder they go into. */
  readonly isInFeature?: boolean;
  /** The files to make and to change. */
  changes(names: Names): readonly Change[];
  /** Steps that are left to the author. */
  next(names: Names): readonly string[];
}

/** A file is not as the generator expects it, or exists already. Nothing has been written. */
export class GeneratorFault extends Error {
  override readonly name = 'GeneratorFault';
}

export interface WrittenFile {
  readonly path: string;
  readonly kind: 'new' | 'changed';
}

/**
 * Writes the files of a generator below `root`, formatted. All or none: every text is made before the first
 * is written.
 * @throws GeneratorFault
 */
export async function writeChanges(
  root: string,
  { changes }: Pick<Generator, 'changes'>,
  names: Names,
): Promise<WrittenFile[]> {
  const files = changes(names);
  const texts = files.map((change) => textOf(root, change, names));
  const written: WrittenFile[] = [];
  for (const [index, change] of files.entries()) {
    const file = join(root, change.path);
    const options = { ...(await resolveConfig(file)), filepath: file };
    const text = await format(texts[index]!, options);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    written.push({ path: change.path, kind: 'template' in change ? 'new' : 'changed' });
  }
  return written;
}

function textOf(root: string, change: Change, names: Names): string {
  const file = join(root, change.path);
  if ('template' in change) {
    if (existsSync(file)) throw new GeneratorFault(`${change.path} exists already. Choose another name.`);
    return filled(readFileSync(join(TEMPLATES, `${change.template}.tmpl`), 'utf8'), names);
  }
  if (!existsSync(file)) throw new GeneratorFault(`There is no ${change.path}, where a line must go.`);
  return change.insert.reduce(
    (text, insertion) => inserted(text, insertion, change.path),
    readFileSync(file, 'utf8'),
  );
}

/** Puts the spellings of a name into a template: `__kebab__`, `__camel__`, `__Pascal__` and so on. */
function filled(template: string, names: Names): string {
  return template.replaceAll(
    /__(kebab|camel|pascal|snake|words)__/gi,
    (_all, spelling: string) => names[spelling.toLowerCase() as keyof Names],
  );
}

function inserted(text: string, { anchor, text: added, where }: Insertion, path: string): string {
  const found =
    typeof anchor === 'string'
      ? { index: text.indexOf(anchor), length: anchor.length }
      : { index: text.search(anchor), length: anchor.exec(text)?.[0].length ?? 0 };
  if (found.index < 0)
    throw new GeneratorFault(
      `${path} holds no ${String(anchor)}, where a line must go. Mend dev/commands/src/generators.`,
    );
  const at = where === 'before' ? found.index : found.index + found.length;
  return text.slice(0, at) + added + text.slice(at);
}
