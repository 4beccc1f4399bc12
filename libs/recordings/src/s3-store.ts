import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SignedFetch } from './aws-client.ts';
import { FolderStore } from './folder-store.ts';
import { NAME, type RecordingSink, type RecordingStore, type StoredRecording } from './recording-store.ts';

export interface S3Options {
  /** `https://s3.eu-central-1.amazonaws.com`, or any store that speaks S3. Buckets are addressed by path. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Folder where recordings are written during their call, and kept until they are uploaded. */
  readonly spoolDir: string;
}

/** An error response of an S3-compatible store. */
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

/** Keeps recordings as objects: written to a spool folder first, uploaded when they are complete. */
export class S3Store implements RecordingStore {
  private readonly spool: FolderStore;

  constructor(
    private readonly client: SignedFetch,
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
        await this.upload(name);
      },
      abandon: () => sink.abandon(),
    };
  }

  async stat(name: string): Promise<StoredRecording | null> {
    const response = await this.request(name, { method: 'HEAD' });
    if (response.ok) return { bytes: Number(response.headers.get('content-length')), isFinished: true };
    if (response.status !== 404) throw new S3Failed(response.status, 'HEAD');
    return this.spool.stat(name);
  }

  async read(name: string, from: number, to: number): Promise<Buffer> {
    if (to <= from) return Buffer.alloc(0);
    const response = await this.request(name, { headers: { range: `bytes=${from}-${to - 1}` } });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    await response.body?.cancel();
    if (response.status === 404) return this.spool.read(name, from, to);
    if (response.status === 416) return Buffer.alloc(0);
    throw new S3Failed(response.status, 'GET');
  }

  async delete(name: string): Promise<void> {
    const response = await this.request(name, { method: 'DELETE' });
    await response.body?.cancel();
    if (!response.ok && response.status !== 404) throw new S3Failed(response.status, 'DELETE');
    await this.spool.delete(name);
  }

  /** Uploads complete recordings left in the spool after a failed upload. Returns their number. */
  async uploadPending(): Promise<number> {
    const found = await readdir(this.options.spoolDir, { recursive: true }).catch((): string[] => []);
    const pending = found.filter((name) => NAME.test(name));
    for (const name of pending) await this.upload(name);
    return pending.length;
  }

  private async upload(name: string): Promise<void> {
    const sealed = await readFile(join(this.options.spoolDir, name));
    const response = await this.request(name, {
      method: 'PUT',
      body: new Uint8Array(sealed),
      headers: { 'content-type': 'application/octet-stream' },
    });
    await response.body?.cancel();
    if (!response.ok) throw new S3Failed(response.status, 'PUT');
    await this.spool.delete(name);
  }

  private request(name: string, init: RequestInit): Promise<Response> {
    return this.client.fetch(`${this.options.endpoint}/${this.options.bucket}/${name}`, {
      ...init,
      signal: AbortSignal.timeout(60_000),
    });
  }
}
