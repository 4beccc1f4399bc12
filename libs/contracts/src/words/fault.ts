/**
 * Something we depend on did not do its part: away, too busy, too slow. Nothing is known to be wrong with
 * what was asked, and asking again later is right.
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
 * Something we depend on is there and cannot be used as it is set up: waiting does not help, somebody has to
 * change it.
 */
export class DependencyUnsuitable extends Error {
  override readonly name: string = 'DependencyUnsuitable';
  constructor(
    /** `database`, `redis`, … */
    readonly dependency: string,
    /** One sentence: what is wrong, and what to change. */
    message: string,
  ) {
    super(message);
  }
}

/** What was asked cannot be read. The message is for whoever asked, and repeats nothing they sent. */
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
