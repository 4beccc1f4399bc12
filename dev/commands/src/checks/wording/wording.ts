import { readFiles, type SourceFile } from '../sources.ts';
import type { Tally } from '../tally.ts';
import { lineAt, passagesOf, type Passage } from './passages.ts';
import { WORDING_RULES, type WordingRule } from './rules.ts';

export interface Finding {
  /** `file:line`. */
  readonly place: string;
  readonly words: string;
  readonly instead: string;
}

/** Returns every place that breaks a rule of wording, in the order of files. */
export function findWording(files: readonly SourceFile[], rules = WORDING_RULES): Finding[] {
  return files.flatMap(passagesOf).flatMap((passage) => rules.flatMap((rule) => findingsIn(passage, rule)));
}

/** Prints each place that breaks a rule, with what to write instead. */
export function checkWording(isAsked: (path: string) => boolean = () => true): Tally {
  const files = readFiles(['.ts', '.mjs', '.cjs', '.md']).filter(({ path }) => isAsked(path));
  const findings = findWording(files);
  for (const { place, words, instead } of findings) console.error(`  ✖ ${place} "${words}": ${instead}`);
  return { passed: findings.length === 0 ? 1 : 0, failed: findings.length };
}

function findingsIn(
  { kind, path, line, text }: Passage,
  { pattern, where, instead }: WordingRule,
): Finding[] {
  if (!where.includes(kind)) return [];
  const everyMatch = new RegExp(pattern.source.replaceAll(' ', '\\s+'), `${pattern.flags}g`);
  return [...text.matchAll(everyMatch)].map(({ 0: words, index }) => {
    const start = index + words.search(/\S/);
    return { place: `${path}:${line + lineAt(text, start) - 1}`, words: words.trim(), instead };
  });
}
