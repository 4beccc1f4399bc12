/**
 * A dependency is away, too busy or too slow. Nothing is known to be wrong with the request, and retrying
 * later is right.
 */
export class DependencyUnavailable extends Error {
  override readonly name: string = 'DependencyUnavailable';
  constructor(
    /** `database`, `redis`, … */
    readonly dependency: string,
    /** Its own word for what happened; no values. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A dependency is reachable and cannot be used as it is set up: waiting does not help, its setup must change.
 */
export class DependencyUnsuitable extends Error {
  override readonly name: string = 'DependencyUnsuitable';
  constructor(
    /** `database`, `redis`, … */
    readonly dependency: string,
    /** The problem and the change it needs, in one sentence. */
    message: string,
  ) {
    super(message);
  }
}

/** The request cannot be read. The message is for its sender, and repeats none of its content. */
export class MalformedInput extends Error {
  override readonly name: string = 'MalformedInput';
  constructor(
    /** Stable, kebab-case. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
