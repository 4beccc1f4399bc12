/** A routine that was called with `Gosub()`: its arguments and local variables. */
interface RoutineFrame {
  readonly args: readonly string[];
  readonly locals: Map<string, string>;
}

/** Asterisk cuts longer values off (`VAR_BUF_SIZE` in include/asterisk/pbx.h). */
export const LONGEST_VALUE = 4_096;

/** The variables of one channel: its own, those of its routines, and how far they are handed on. */
export class Variables {
  private readonly globals: ReadonlyMap<string, string>;
  private readonly own = new Map<string, string>();
  /** Dialled channels inherit these: `once` for the next one only, `always` for all after it. */
  private readonly inherited = new Map<string, 'once' | 'always'>();
  private readonly frames: RoutineFrame[] = [];

  constructor(globals: ReadonlyMap<string, string>) {
    this.globals = globals;
  }

  /** Returns the value; empty when there is none, as in Asterisk. */
  get(name: string): string {
    if (/^ARG\d+$/.test(name)) return this.frames.at(-1)?.args[Number(name.slice(3)) - 1] ?? '';
    for (const frame of this.frames.toReversed()) {
      const local = frame.locals.get(name);
      if (local !== undefined) return local;
    }
    return this.own.get(name) ?? this.globals.get(name) ?? '';
  }

  has(name: string): boolean {
    return this.own.has(name) || this.globals.has(name) || this.get(name) !== '';
  }

  /** Sets a variable; a name with one or two underscores in front is handed on to dialled channels. */
  set(name: string, value: string): void {
    const plain = name.replace(/^__?/, '');
    if (name !== plain) this.inherited.set(plain, name.startsWith('__') ? 'always' : 'once');
    const frame = this.frames.findLast(({ locals }) => locals.has(plain));
    (frame?.locals ?? this.own).set(plain, value.slice(0, LONGEST_VALUE - 1));
  }

  setLocal(name: string, value: string): void {
    (this.frames.at(-1)?.locals ?? this.own).set(name, value.slice(0, LONGEST_VALUE - 1));
  }

  enter(args: readonly string[]): void {
    this.frames.push({ args, locals: new Map() });
  }

  leave(): void {
    this.frames.pop();
  }

  /** Returns the variables of the channel itself, with the underscores of those that are handed on. */
  listed(): Record<string, string> {
    return Object.fromEntries(
      [...this.own].map(([name, value]) => [this.inherited.has(name) ? `__${name}` : name, value]),
    );
  }

  /** Takes over what the dialling channel hands on. */
  inheritFrom(parent: Variables): void {
    for (const [name, reach] of parent.inherited) {
      this.own.set(name, parent.get(name));
      if (reach === 'always') this.inherited.set(name, 'always');
    }
  }
}
