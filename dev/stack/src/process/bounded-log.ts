import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { giveToFolderOwner, makeFolder } from '../checkout/checkout.ts';

const DEFAULT_LIMIT_BYTES = 8 * 1024 * 1024;
const TAIL_CHARACTERS = 8_000;
const LONGEST_LINE_CHARACTERS = 16_000;

interface BoundedLogOptions {
  /** Null keeps the tail in memory only. */
  readonly file: string | null;
  /**
   * At this size the file is renamed to `<file>.1` and a new one is started, so at most twice this much is on
   * disk.
   */
  readonly limitBytes?: number;
  readonly onLine?: (line: string) => void;
}

/** The output of one process: on disk within a bound, the last lines in memory, each line to a listener. */
export class BoundedLog {
  readonly file: string | null;
  private readonly limitBytes: number;
  private readonly onLine: ((line: string) => void) | undefined;
  private descriptor: number | null = null;
  private sizeBytes = 0;
  private tail = '';
  private partial = '';
  /** Number of chunks that could not be written. */
  lost = 0;

  constructor(options: BoundedLogOptions) {
    this.file = options.file;
    this.limitBytes = options.limitBytes ?? DEFAULT_LIMIT_BYTES;
    this.onLine = options.onLine;
    if (this.file !== null) this.begin(this.file);
  }

  write(piece: string): void {
    this.tail = (this.tail + piece).slice(-TAIL_CHARACTERS);
    this.toDisk(piece);
    if (!this.onLine) return;
    const lines = (this.partial + piece).split('\n');
    this.partial = (lines.pop() ?? '').slice(-LONGEST_LINE_CHARACTERS);
    for (const line of lines) this.onLine(line);
  }

  /** The last whole lines of output, at most `count`. */
  lastLines(count: number): string {
    return this.tail.trimEnd().split('\n').slice(-count).join('\n');
  }

  close(): void {
    if (this.descriptor !== null) closeSync(this.descriptor);
    this.descriptor = null;
  }

  /** Keeps the log of the run before as `<file>.1`. */
  private begin(file: string): void {
    makeFolder(dirname(file));
    try {
      renameSync(file, `${file}.1`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') rmSync(file, { force: true });
    }
    this.descriptor = openSync(file, 'a', 0o600);
    giveToFolderOwner(file);
    this.sizeBytes = 0;
  }

  private toDisk(piece: string): void {
    if (this.file === null || this.descriptor === null) return;
    try {
      this.sizeBytes += writeSync(this.descriptor, piece);
      if (this.sizeBytes < this.limitBytes) return;
      this.close();
      this.begin(this.file);
    } catch {
      this.lost += 1;
    }
  }
}
