import type { Exit } from '../process/kept-process.ts';

/** One service process to run. */
export interface ServiceSpec {
  /** Folder name below services/. */
  readonly service: string;
  /** Unique in the stack: crm-api, relay-1. */
  readonly instance: string;
  /** Added to this process's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Named ports for run.json, besides `http`, which the service announces. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Compiled entry; services/<service>/dist/main.js when absent. */
  readonly file?: string;
  readonly readyPath?: string;
  readonly readyLimitMs?: number;
  /** Time from SIGTERM to SIGKILL. */
  readonly graceMs?: number;
}

/** The end of a service process nobody asked for. */
export interface ServiceExit {
  readonly service: string;
  readonly instance: string;
  readonly exit: Exit;
  readonly lastLines: string;
  readonly logFile: string | null;
}

/** "code 1" or "SIGKILL". */
export function exitText({ code, signal }: Exit): string {
  return signal ?? `code ${code}`;
}
