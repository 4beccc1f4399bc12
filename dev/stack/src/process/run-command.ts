import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { FileOwner } from '../checkout/checkout.ts';

const OUTPUT_LIMIT_BYTES = 32 * 1024 * 1024;

interface CommandOptions {
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly runAs?: FileOwner | null;
  readonly input?: string;
}

export interface CommandResult {
  /** Null when it was ended by a signal, also by the time limit. */
  readonly code: number | null;
  readonly output: Buffer;
  /** Standard error, then why it was ended if it was. */
  readonly complaint: string;
}

/**
 * Runs a program to its end within a time limit, then it is killed. Rejects only when it cannot be started.
 */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.runAs ? { uid: options.runAs.uid, gid: options.runAs.gid } : {}),
    });
    const output: Buffer[] = [];
    let sizeBytes = 0;
    let complaint = '';
    const abandon = (why: string) => {
      complaint = `${complaint.trim()}\n${why}`;
      child.kill('SIGKILL');
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
    };
    const timer = setTimeout(
      () => abandon(`gave no result within ${options.timeoutMs / 1000} s`),
      options.timeoutMs,
    );
    child.stdout.on('data', (piece: Buffer) => {
      sizeBytes += piece.length;
      if (sizeBytes <= OUTPUT_LIMIT_BYTES) output.push(piece);
      else abandon(`wrote more than ${OUTPUT_LIMIT_BYTES} bytes`);
    });
    child.stderr
      .setEncoding('utf8')
      .on('data', (piece: string) => (complaint = (complaint + piece).slice(-4_000)));
    // A program need not read its input (EPIPE); its exit code says whether that was a failure.
    child.stdin.on(
      'error',
      (error: NodeJS.ErrnoException) => error.code === 'EPIPE' || abandon(error.message),
    );
    child.stdin.end(options.input ?? '');
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output: Buffer.concat(output), complaint: complaint.trim() });
    });
  });
}

/** Folders where package managers put programs and which a trimmed PATH leaves out. */
const USUAL_FOLDERS = ['/usr/local/bin', '/opt/homebrew/bin', '/usr/bin', '/usr/local/sbin', '/usr/sbin'];

/** The first executable of that name on PATH or in the usual folders; null when there is none. */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string | null {
  for (const folder of [...path.split(delimiter), ...USUAL_FOLDERS]) {
    if (folder !== '' && isProgram(join(folder, name))) return join(folder, name);
  }
  return null;
}

export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Returns the environment that a program from the cache needs, without any of our variables: no secret
 * reaches it.
 */
export function libraryEnvironment(libraryPath: string | null): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'] ?? '',
    LC_ALL: 'C',
    ...(libraryPath ? { LD_LIBRARY_PATH: libraryPath } : {}),
  };
}
