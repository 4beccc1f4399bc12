import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openRecording, openVault, RecordingWriter, VaultUnusable, type VaultSettings } from './index.ts';
import { CHUNK_BYTES } from './sealed-format.ts';

const CREDENTIALS = {
  awsRegion: 'eu-central-1',
  awsAccessKeyId: 'AKIDEXAMPLE',
  awsSecretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

/**
 * Simulates S3 and KMS as far as recordings use them; refuses requests that are not signed or formed as AWS
 * requires.
 */
class Aws {
  readonly objects = new Map<string, Buffer>();
  private readonly blobs = new Map<string, { plaintext: string; context: string }>();
  isAway = false;
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Aws> {
    const server = createServer();
    const aws = new Aws(server);
    server.on('request', (request, response) => void aws.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return aws;
  }
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    if (this.isAway) return void response.writeHead(501).end();
    const isKms = request.headers['x-amz-target'] !== undefined;
    if (!(await this.isSigned(request, body, isKms ? 'kms' : 's3')))
      return void response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
    if (isKms)
      return this.kms(
        String(request.headers['x-amz-target']),
        JSON.parse(body.toString()) as Record<string, string>,
        response,
      );
    this.s3(request, body, response);
  }

  /** Signs the same request again with the server's own secret. */
  private async isSigned(request: IncomingMessage, body: Buffer, service: string): Promise<boolean> {
    const { authorization = '', 'x-amz-date': datetime } = request.headers;
    const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
    const client = new AwsClient({
      accessKeyId: CREDENTIALS.awsAccessKeyId,
      secretAccessKey: CREDENTIALS.awsSecretAccessKey,
      region: CREDENTIALS.awsRegion,
      service,
    });
    const headers = Object.fromEntries(
      signed
        .filter((name) => name !== 'host' && name !== 'x-amz-date')
        .map((name) => [name, String(request.headers[name])]),
    );
    const again = await client.sign(`${this.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers,
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
      aws: { datetime: String(datetime) },
    });
    return again.headers.get('authorization') === authorization;
  }

  private s3(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const key = (request.url ?? '').replace('/calls/', '');
    const object = this.objects.get(key);
    if (request.method === 'PUT') this.objects.set(key, body);
    if (request.method === 'PUT') return void response.writeHead(200).end();
    if (request.method === 'DELETE')
      return void response.writeHead(this.objects.delete(key) ? 204 : 204).end();
    if (!object) return void response.writeHead(404).end();
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (from === undefined)
      return void response
        .writeHead(200, { 'content-length': object.length })
        .end(request.method === 'HEAD' ? undefined : object);
    if (Number(from) >= object.length) return void response.writeHead(416).end();
    response.writeHead(206).end(object.subarray(Number(from), Number(to) + 1));
  }

  private kms(target: string, asked: Record<string, string>, response: ServerResponse): void {
    const context = JSON.stringify(asked['EncryptionContext']);
    if (target === 'TrentService.Encrypt') {
      const CiphertextBlob = randomBytes(64).toString('base64');
      this.blobs.set(CiphertextBlob, { plaintext: asked['Plaintext'] ?? '', context });
      return void response.end(
        JSON.stringify({
          CiphertextBlob,
          KeyId: 'arn:aws:kms:eu-central-1:1:key/k',
          EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        }),
      );
    }
    const blob = this.blobs.get(asked['CiphertextBlob'] ?? '');
    if (blob?.context !== context)
      return void response.writeHead(400).end(JSON.stringify({ __type: 'InvalidCiphertextException' }));
    response.end(JSON.stringify({ Plaintext: blob.plaintext, KeyId: asked['KeyId'] }));
  }
}

let aws: Aws;
let folder: string;
let settings: VaultSettings;
const tenantId = randomUUID();
beforeEach(async () => {
  aws = await Aws.start();
  folder = mkdtempSync(join(tmpdir(), 'tandem-vault-'));
  settings = {
    ...CREDENTIALS,
    recordingsDir: folder,
    recordingsS3Bucket: 'calls',
    recordingsKmsKeyId: 'alias/recordings',
    awsEndpointUrlS3: aws.url,
    awsEndpointUrlKms: aws.url,
  };
});
afterEach(async () => {
  await aws.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function record(sound: Buffer, by = settings): Promise<{ id: string; outcome: string }> {
  const vault = openVault(by)!;
  const id = randomUUID();
  const writer = new RecordingWriter(id, tenantId, vault.store, vault.keys, () => undefined);
  writer.write(sound);
  return { id, outcome: (await writer.finish(10_000)).outcome };
}
async function read(id: string, by = settings): Promise<Buffer> {
  const vault = openVault(by)!;
  const pieces: Buffer[] = [];
  for await (const piece of (await openRecording(vault.store, vault.keys, tenantId, id)).read(
    58,
    Number.MAX_SAFE_INTEGER,
  ))
    pieces.push(piece);
  return Buffer.concat(pieces);
}
const spooled = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

describe('a vault in a bucket, its keys in a key management service', () => {
  it('returns what was recorded, and keeps nothing in the spool', async () => {
    const sound = randomBytes(2 * CHUNK_BYTES + 100);
    const { id, outcome } = await record(sound);
    expect(outcome).toBe('complete');
    expect([...aws.objects.keys()]).toEqual([`${tenantId}/${id}`]);
    expect(spooled()).toEqual([]);
    expect((await read(id)).equals(sound)).toBe(true);
    const vault = openVault(settings)!;
    await vault.store.delete(`${tenantId}/${id}`);
    await expect(read(id)).rejects.toMatchObject({ name: 'RecordingMissing' });
  });

  it('keeps what it cannot upload, and uploads it later', async () => {
    const sound = randomBytes(CHUNK_BYTES);
    const keyed = openVault(settings)!;
    const id = randomUUID();
    const writer = new RecordingWriter(id, tenantId, keyed.store, keyed.keys, () => undefined);
    writer.write(sound);
    while (spooled().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    aws.isAway = true;
    expect(await writer.finish(10_000)).toMatchObject({ outcome: 'failed' });
    aws.isAway = false;
    expect(spooled()).toHaveLength(1);
    expect(await openVault(settings)!.uploadPending()).toBe(1);
    expect(spooled()).toEqual([]);
    expect((await read(id)).equals(sound)).toBe(true);
  });

  it('refuses a wrapped key of another recording', async () => {
    const a = await record(randomBytes(100));
    const b = await record(randomBytes(100));
    const [first, second] = [
      aws.objects.get(`${tenantId}/${a.id}`)!,
      aws.objects.get(`${tenantId}/${b.id}`)!,
    ];
    const wrapped = (object: Buffer) =>
      (JSON.parse(object.subarray(0, 1_024).toString()) as { wrapped: string }).wrapped;
    aws.objects.set(
      `${tenantId}/${a.id}`,
      Buffer.concat([
        Buffer.from(first.subarray(0, 1_024).toString().replace(wrapped(first), wrapped(second))),
        first.subarray(1_024),
      ]),
    );
    await expect(read(a.id)).rejects.toMatchObject({ name: 'KeyUnknown' });
  });

  it('says what to check when it is refused', async () => {
    const wrong = { ...settings, awsSecretAccessKey: 'wrong' };
    expect((await record(randomBytes(100), wrong)).outcome).toBe('failed');
    const { id } = await record(randomBytes(100));
    await expect(read(id, wrong)).rejects.toThrow(/Check bucket, keys and region/);
  });
});

describe('the settings of a vault', () => {
  it.each<[string, Partial<VaultSettings>, RegExp]>([
    ['no folder', { recordingsDir: undefined }, /RECORDINGS_DIR/],
    ['no key', { recordingsKmsKeyId: undefined }, /RECORDINGS_KEY_FILE/],
    ['two keys', { recordingsKeyFile: '/keys.json' }, /unset the other/],
    ['no credentials', { awsAccessKeyId: undefined }, /AWS_ACCESS_KEY_ID/],
  ])('with %s stop the start and say which one is missing', (_what, change, message) => {
    expect(() => openVault({ ...settings, ...change })).toThrow(VaultUnusable);
    expect(() => openVault({ ...settings, ...change })).toThrow(message);
  });

  it('may be absent; there is no vault then', () => {
    expect(openVault({ awsRegion: 'us-east-1' })).toBeNull();
  });
});
