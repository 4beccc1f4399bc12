import type { BoundedLog } from './bounded-log.ts';
import type { Claim } from './folder-claim.ts';
import type { EndStep, Exit, KeptProcess } from './kept-process.ts';

/** The end of a server nobody asked for. */
export interface UnexpectedExit {
  readonly name: string;
  readonly exit: Exit;
  readonly lastLines: string;
}

/** Settings of one kind of server. */
export interface ServerRecipe {
  readonly name: string;
  readonly what: string;
  readonly log: BoundedLog;
  readonly urlOf: (port: number) => string;
  readonly endSteps: readonly EndStep[];
  readonly startLimitMs: number;
  readonly launch: (port: number) => Promise<KeptProcess>;
  /** Returns whether the server accepts work now. Rejects or returns false while it does not. */
  readonly isReady: (port: number) => Promise<boolean>;
  /** Names the folder as in use by the server; absent for ephemeral data. */
  readonly claim?: Claim;
  /** Removed when it is stopped. */
  readonly ephemeralFolder?: string;
  readonly onUnexpectedExit?: ((told: UnexpectedExit) => void) | undefined;
}
