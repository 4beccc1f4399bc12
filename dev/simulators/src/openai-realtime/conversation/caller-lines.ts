import { asString } from '../wire/json.ts';

export interface LineRule {
  /** The n-th line belongs to the n-th utterance. */
  readonly lines: readonly string[];
  /** Only for sessions whose instructions contain this. */
  readonly contains?: string;
}

/**
 * The callers' words, set on a side channel because a simulator recognises no speech. A session's own lines
 * come first; sessions without any use the first rule that fits their instructions.
 */
export class CallerScript {
  private rules: LineRule[] = [];

  /** Newer rules win over older ones. */
  add(rule: LineRule): void {
    this.rules.unshift(rule);
  }

  clear(): void {
    this.rules = [];
  }

  linesFor(instructions: unknown): readonly string[] {
    const text = asString(instructions) ?? '';
    return (
      this.rules.find((rule) => rule.contains === undefined || text.includes(rule.contains))?.lines ?? []
    );
  }
}

/**
 * The lines of one session: a queue that only grows, so that the n-th utterance always finds the n-th line.
 */
export class SessionLines {
  private readonly own: string[] = [];

  push(...lines: string[]): void {
    this.own.push(...lines);
  }

  get all(): readonly string[] {
    return this.own;
  }
}
