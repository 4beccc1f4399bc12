import { posix } from 'node:path';
import ts from 'typescript';
import type { SourceFile } from './sources.ts';

/**
 * Returns the groups of files that import each other in a circle, each sorted by path. Imports of types count
 * as well: files that only know each other's types still cannot be read in order. Imports of packages do not;
 * the border nets keep those without circles.
 */
export function importCycles(files: readonly SourceFile[]): string[][] {
  const paths = new Set(files.map(({ path }) => path));
  const graph = new Map(
    files.map(({ path, text }) => [path, importsOf(path, text).filter((target) => paths.has(target))]),
  );
  return connectedGroups(graph).filter((group) => group.length > 1);
}

function importsOf(path: string, text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => posix.join(posix.dirname(path), fileName));
}

interface Visit {
  readonly index: number;
  low: number;
  isOnStack: boolean;
}

/** Tarjan's strongly connected components. */
function connectedGroups(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const visits = new Map<string, Visit>();
  const stack: string[] = [];
  const groups: string[][] = [];

  const visit = (path: string): Visit => {
    const here: Visit = { index: visits.size, low: visits.size, isOnStack: true };
    visits.set(path, here);
    stack.push(path);
    for (const target of graph.get(path) ?? []) {
      const known = visits.get(target);
      if (!known) here.low = Math.min(here.low, visit(target).low);
      else if (known.isOnStack) here.low = Math.min(here.low, known.index);
    }
    if (here.low === here.index) {
      const group = stack.splice(stack.indexOf(path));
      for (const member of group) visits.get(member)!.isOnStack = false;
      groups.push(group.sort());
    }
    return here;
  };

  for (const path of graph.keys()) if (!visits.has(path)) visit(path);
  return groups;
}
