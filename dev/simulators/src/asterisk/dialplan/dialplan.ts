import { DialplanError } from './dialplan-error.ts';

/** One priority of an extension. */
export interface DialplanStep {
  readonly priority: number;
  readonly label: string | null;
  readonly application: string;
  /** As written, before substitution. */
  readonly args: string;
  readonly file: string;
  readonly line: number;
}

interface DialplanExtension {
  readonly pattern: string;
  readonly steps: Map<number, DialplanStep>;
  readonly labels: Map<string, number>;
}

interface DialplanContext {
  readonly name: string;
  readonly extensions: Map<string, DialplanExtension>;
  readonly includes: string[];
}

/** Where a channel is in the dialplan. */
export interface DialplanLocation {
  readonly context: string;
  readonly extension: string;
  readonly priority: number;
}

/** An extensions.conf in memory. */
export class Dialplan {
  readonly file: string;
  readonly globals: ReadonlyMap<string, string>;
  private readonly contexts: ReadonlyMap<string, DialplanContext>;

  constructor(
    file: string,
    globals: ReadonlyMap<string, string>,
    contexts: ReadonlyMap<string, DialplanContext>,
  ) {
    this.file = file;
    this.globals = globals;
    this.contexts = contexts;
  }

  /** Returns the same dialplan with these global variables in the place of its own. */
  withGlobals(globals: Readonly<Record<string, string>>): Dialplan {
    return new Dialplan(this.file, new Map([...this.globals, ...Object.entries(globals)]), this.contexts);
  }

  /** Returns the dialplan as a PBX of this name loads it: only the name may stand in a global variable. */
  loadedBy(systemName: string): Dialplan {
    const globals = [...this.globals].map(([name, value]) => [
      name,
      value.replaceAll('${SYSTEMNAME}', systemName),
    ]);
    return this.withGlobals(Object.fromEntries(globals) as Record<string, string>);
  }

  hasContext(name: string): boolean {
    return this.contexts.has(name);
  }

  /** Returns the step at a location; null when there is none. */
  step({ context, extension, priority }: DialplanLocation): DialplanStep | null {
    return this.extension(context, extension)?.steps.get(priority) ?? null;
  }

  /** Returns the priority that a number or a label names; null when there is none. */
  priority(context: string, extension: string, text: string): number | null {
    const found = this.extension(context, extension);
    if (/^\d+$/.test(text)) return Number(text) > 0 ? Number(text) : null;
    return found?.labels.get(text) ?? null;
  }

  /** Tells whether an extension of the context begins with these digits and is longer. */
  canGoOn(context: string, digits: string): boolean {
    for (const { extensions } of this.withIncludes(context)) {
      for (const pattern of extensions.keys()) {
        const isLonger = pattern.startsWith(digits) && pattern !== digits;
        if (pattern.startsWith('_') ? pattern.includes('.') : isLonger) return true;
      }
    }
    return false;
  }

  private extension(context: string, name: string): DialplanExtension | null {
    for (const { extensions } of this.withIncludes(context)) {
      const exact = extensions.get(name);
      if (exact) return exact;
      const matching = [...extensions.values()].filter(({ pattern }) => matchesPattern(pattern, name));
      matching.sort((a, b) => (specificity(a.pattern) < specificity(b.pattern) ? -1 : 1));
      if (matching[0]) return matching[0];
    }
    return null;
  }

  private *withIncludes(name: string, seen = new Set<string>()): Generator<DialplanContext> {
    const context = this.contexts.get(name);
    if (!context || seen.has(name)) return;
    seen.add(name);
    yield context;
    for (const included of context.includes) yield* this.withIncludes(included, seen);
  }
}

const CLASSES: Readonly<Record<string, string>> = { X: '[0-9]', Z: '[1-9]', N: '[2-9]' };

/** Tells whether a pattern such as `_+1NXX.` takes an extension; without `_` only the same name does. */
export function matchesPattern(pattern: string, name: string): boolean {
  if (!pattern.startsWith('_')) return pattern === name;
  return new RegExp(`^${patternPieces(pattern).map(pieceExpression).join('')}$`).test(name);
}

function patternPieces(pattern: string): string[] {
  return pattern.slice(1).match(/\[[^\]]*\]|./g) ?? [];
}

function pieceExpression(piece: string): string {
  if (piece === '.') return '.+';
  if (piece === '!') return '.*';
  if (piece.startsWith('[')) return piece;
  return CLASSES[piece] ?? piece.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}

/** Sorts patterns by how few extensions they take: a plain digit before a class, a class before a dot. */
function specificity(pattern: string): string {
  return patternPieces(pattern)
    .map((piece) =>
      piece === '.' ? 'y' : piece === '!' ? 'z' : (CLASSES[piece] ?? piece.startsWith('[')) ? 'm' : 'a',
    )
    .join('');
}

interface Draft {
  readonly file: string;
  readonly globals: Map<string, string>;
  readonly contexts: Map<string, DialplanContext>;
  section: string | null;
  /** Extension of the last `exten`, which `same` continues. */
  extension: DialplanExtension | null;
  lastPriority: number;
}

/** Names of applications in lower case: the ones that are known. */
export type KnownApplications = ReadonlySet<string>;

/** Reads an extensions.conf. @throws DialplanError */
export function parseDialplan(text: string, file: string, applications: KnownApplications): Dialplan {
  const draft: Draft = {
    file,
    globals: new Map(),
    contexts: new Map(),
    section: null,
    extension: null,
    lastPriority: 0,
  };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = withoutComment(raw).trim();
    if (line !== '') readLine(draft, line, index + 1, applications);
  }
  return new Dialplan(file, draft.globals, draft.contexts);
}

/** A semicolon begins a comment, unless a backslash stands before it. */
function withoutComment(line: string): string {
  const at = line.search(/(?<!\\);/);
  return (at < 0 ? line : line.slice(0, at)).replaceAll('\\;', ';');
}

function readLine(draft: Draft, text: string, line: number, applications: KnownApplications): void {
  const fail = (fault: string) => new DialplanError({ file: draft.file, line }, fault);
  const section = /^\[([\w-]+)\]$/.exec(text)?.[1];
  if (section !== undefined) return beginSection(draft, section);
  if (draft.section === null) throw fail('before the first section');
  const setting = /^(\w+)\s*=>?\s*(.*)$/.exec(text);
  if (!setting) throw fail(`not understood: ${text}`);
  const [, key = '', value = ''] = setting;
  if (draft.section === 'general') return;
  if (draft.section === 'globals') draft.globals.set(key, value);
  else readSetting(draft, { key, value, line }, applications);
}

interface Setting {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

function readSetting(draft: Draft, { key, value, line }: Setting, applications: KnownApplications): void {
  const context = draft.contexts.get(draft.section ?? '') as DialplanContext;
  const fail = (fault: string) => new DialplanError({ file: draft.file, line }, fault);
  switch (key) {
    case 'exten':
      return readExtension(draft, context, value, line, applications);
    case 'same':
      if (!draft.extension) throw fail('"same" before the first "exten"');
      return addStep(draft, draft.extension, value, line, applications);
    case 'include':
      context.includes.push(value);
      return;
    default:
      throw fail(`"${key}" is not supported`);
  }
}

function beginSection(draft: Draft, name: string): void {
  draft.section = name;
  draft.extension = null;
  if (name === 'general' || name === 'globals' || draft.contexts.has(name)) return;
  draft.contexts.set(name, { name, extensions: new Map(), includes: [] });
}

function readExtension(
  draft: Draft,
  context: DialplanContext,
  value: string,
  line: number,
  applications: KnownApplications,
): void {
  const match = /^((?:\[[^\]]*\]|[^,[])+),(.*)$/.exec(value);
  const pattern = match?.[1]?.trim();
  if (!match || pattern === undefined || pattern.includes('/'))
    throw new DialplanError({ file: draft.file, line }, `not an extension: ${value}`);
  const known = context.extensions.get(pattern);
  draft.extension = known ?? { pattern, steps: new Map(), labels: new Map() };
  context.extensions.set(pattern, draft.extension);
  draft.lastPriority = Math.max(0, ...draft.extension.steps.keys());
  addStep(draft, draft.extension, match[2] ?? '', line, applications);
}

function addStep(
  draft: Draft,
  extension: DialplanExtension,
  value: string,
  line: number,
  applications: KnownApplications,
): void {
  const { file } = draft;
  const fail = (fault: string) => new DialplanError({ file, line }, fault);
  const match = /^(n|\d+)(?:\(([\w-]+)\))?\s*,\s*([A-Za-z]\w*)\s*(?:\((.*)\))?$/.exec(value);
  if (!match) throw fail(`not a priority and an application: ${value}`);
  const [, number, label = null, application = '', args = ''] = match;
  if (!applications.has(application.toLowerCase())) throw fail(`${application}() is not supported`);
  const priority = number === 'n' ? draft.lastPriority + 1 : Number(number);
  if (extension.steps.has(priority)) throw fail(`priority ${priority} is there already`);
  if (label !== null && extension.labels.has(label)) throw fail(`label "${label}" is there already`);
  extension.steps.set(priority, { priority, label, application, args, file, line });
  if (label !== null) extension.labels.set(label, priority);
  draft.lastPriority = priority;
}
