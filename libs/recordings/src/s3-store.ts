import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AwsClient } from 'aws4fetch';
import { FolderStore } from './folder-store.ts';
import { NAME, type RecordingSink, type RecordingStore, type StoredRecording } from './recording-store.ts';

export interface S3Options {
  /** `https://s3.eu-central-1.amazonaws.com`, or any store that speaks S3. Buckets are addressed by path. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Where recordings are written while their call runs, and stay while they cannot be sent. */
  readonly spoolDir: string;
}

/** An S3-compatible store answered with an error. */
export class S3Failed extends Error {
  override readonly name = 'S3Failed';
  constructor(
    readonly status: number,
    what: string,
  ) {
    super(
      `The object store answered ${status} to ${what}. ` +
        `${status === 403 ? 'Check bucket, keys and region.' : 'It may be away for a moment.'}`,
    );
  }
}

/** Recordings as objects: written to a spool beside the relay, sent when they are whole. */
export class S3Store implements RecordingStore {
  private readonly spool: FolderStore;

  constructor(
    private readonly client: AwsClient,
    private readonly options: S3Options,
  ) {
    this.spool = new FolderStore(options.spoolDir);
  }

  async create(name: string): Promise<RecordingSink> {
    const sink = await this.spool.create(name);
    return {
      append: (bytes) => sink.append(bytes),
      finish: async () => {
        await sink.finish();
        await this.send(name);
      },
      abandon: () => sink.abandon(),
    };
  }

  async stat(name: string): Promise<StoredRecording | null> {
    const response = await this.ask(name, { method: 'HEAD' });
    if (response.ok) return { bytes: Number(response.headers.get('content-length')), isFinished: true };
    if (response.status !== 404) throw new S3Failed(response.status, 'HEAD');
    return this.spool.stat(name);
  }

  async read(name: string, from: number, to: number): Promise<Buffer> {
    if (to <= from) return Buffer.alloc(0);
    const response = await this.ask(name, { headers: { range: `bytes=${from}-${to - 1}` } });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    await response.body?.cancel();
    if (response.status === 404) return this.spool.read(name, from, to);
    if (response.status === 416) return Buffer.alloc(0);
    throw new S3Failed(response.status, 'GET');
  }

  async delete(name: string): Promise<void> {
    const response = await this.ask(name, { method: 'DELETE' });
    await response.body?.cancel();
    if (!response.ok && response.status !== 404) throw new S3Failed(response.status, 'DELETE');
    await this.spool.delete(name);
  }

  /**
   * Sends what an earlier process, or a store that was away, has left in the spool. Answers how many were
   * sent.
   */
  async uploadPending(): Promise<number> {
    const found = await readdir(this.options.spoolDir, { recursive: true }).catch((): string[] => []);
    const whole = found.filter((name) => NAME.test(name));
    for (const name of whole) await this.send(name);
    return whole.length;
  }

  private async send(name: string): Promise<void> {
    const sealed = await readFile(join(this.options.spoolDir, name));
    const response = await this.ask(name, {
      method: 'PUT',
      body: new Uint8Array(sealed),
      headers: { 'content-type': 'application/octet-stream' },
    });
    await response.body?.cancel();
    if (!response.ok) throw new S3Failed(response.status, 'PUT');
    await this.spool.delete(name);
  }

  private ask(name: string, init: RequestInit): Promise<Response> {
    return this.client.fetch(`${this.options.endpoint}/${this.options.bucket}/${name}`, {
      ...init,
      signal: AbortSignal.timeout(60_000),
    });
  }
}
