import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { FolderStore } from './folder-store.ts';
import type { RecordingSink, RecordingStore, StoredRecording } from './recording-store.ts';

export interface S3Options {
  /** `https://s3.eu-central-1.amazonaws.com`, or any store that speaks S3. Buckets are addressed by path. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Where recordings are written while their call runs, and stay when it could not be sent. */
  readonly spoolDir: string;
}

/** An S3-compatible store answered with an error. */
export class S3Failed extends Error {
  override readonly name = 'S3Failed';
  constructor(readonly status: number, what: string) {
    super(`The object store answered ${status} to ${what}. ${status === 403 ? 'Check bucket, keys and region.' : 'It may be away for a moment.'}`);
  }
}

/** Recordings as objects: written to a spool beside the relay, sent when they are whole. */
export class S3Store implements RecordingStore {
  private readonly spool: FolderStore;
  private readonly client: AwsClient;

  constructor(private readonly options: S3Options) {
    this.spool = new FolderStore(options.spoolDir);
    this.client = new AwsClient({ accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey, region: options.region, service: 's3', retries: 3 });
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
    const response = await this.client.fetch(this.urlOf(name), { method: 'HEAD' });
    if (response.ok) return { bytes: Number(response.headers.get('content-length')), isFinished: true };
    if (response.status !== 404) throw new S3Failed(response.status, 'HEAD');
    return this.spool.stat(name);
  }

  async read(name: string, from: number, to: number): Promise<Buffer> {
    if (to <= from) return Buffer.alloc(0);
    const response = await this.client.fetch(this.urlOf(name), { headers: { range: `bytes=${from}-${to - 1}` } });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    await response.body?.cancel();
    if (response.status === 404) return this.spool.read(name, from, to);
    if (response.status === 416) return Buffer.alloc(0);
    throw new S3Failed(response.status, 'GET');
  }

  async replaceStart(name: string, bytes: Uint8Array): Promise<void> {
    const stored = await this.stat(name);
    const whole = await this.read(name, 0, stored?.bytes ?? 0);
    whole.set(bytes, 0);
    await this.put(name, whole, whole.byteLength);
  }

  async delete(name: string): Promise<void> {
    const response = await this.client.fetch(this.urlOf(name), { method: 'DELETE' });
    if (!response.ok && response.status !== 404) throw new S3Failed(response.status, 'DELETE');
    await this.spool.delete(name);
  }

  private async send(name: string): Promise<void> {
    const path = join(this.options.spoolDir, name);
    const { size } = await stat(path);
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(path)) chunks.push(chunk as Buffer);
    await this.put(name, Buffer.concat(chunks), size);
    await rm(path, { force: true });
  }

  private async put(name: string, body: Uint8Array, bytes: number): Promise<void> {
    const response = await this.client.fetch(this.urlOf(name), { method: 'PUT', body: new Uint8Array(body), headers: { 'content-length': String(bytes), 'content-type': 'application/octet-stream' } });
    await response.body?.cancel();
    if (!response.ok) throw new S3Failed(response.status, 'PUT');
  }

  private urlOf(name: string): string {
    return `${this.options.endpoint}/${this.options.bucket}/${name}`;
  }
}
