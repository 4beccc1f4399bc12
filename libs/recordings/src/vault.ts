import { awsClientOf, type AwsSettings, type SignedFetch } from './aws-client.ts';
import { FolderStore } from './folder-store.ts';
import { KeyFile, type KeyWrapper } from './key-file.ts';
import { KmsKeys } from './kms-keys.ts';
import type { RecordingStore } from './recording-store.ts';
import { S3Store } from './s3-store.ts';

/** Where recordings are kept and what they are sealed with. A setting that is not set is undefined. */
export interface VaultSettings extends AwsSettings {
  readonly recordingsDir?: string | undefined;
  readonly recordingsKeyFile?: string | undefined;
  readonly recordingsKmsKeyId?: string | undefined;
  readonly recordingsS3Bucket?: string | undefined;
  readonly awsEndpointUrlS3?: string | undefined;
  readonly awsEndpointUrlKms?: string | undefined;
}

export interface Vault {
  readonly store: RecordingStore;
  readonly keys: KeyWrapper;
  /** Uploads recordings whose upload failed before. Returns their number; 0 for a folder. */
  uploadPending(): Promise<number>;
}

export class VaultUnusable extends Error {
  override readonly name = 'VaultUnusable';
}

/**
 * Returns null when nothing is set: nothing is recorded then.
 * @throws VaultUnusable, KeyFileUnusable for incomplete settings
 */
export function openVault(settings: VaultSettings): Vault | null {
  const { recordingsDir: folder, recordingsS3Bucket: bucket, awsRegion } = settings;
  if (!folder && !bucket && !settings.recordingsKeyFile && !settings.recordingsKmsKeyId) return null;
  if (!folder)
    throw new VaultUnusable(
      'RECORDINGS_DIR is not set. Recordings are kept there, or written there until they are in the ' +
        'bucket: name a folder that outlives the process.',
    );
  const keys = keysOf(settings);
  if (!bucket) return { store: new FolderStore(folder), keys, uploadPending: () => Promise.resolve(0) };
  const endpoint = settings.awsEndpointUrlS3 ?? `https://s3.${awsRegion}.amazonaws.com`;
  const store = new S3Store(awsClient(settings, 's3'), { endpoint, bucket, spoolDir: folder });
  return { store, keys, uploadPending: () => store.uploadPending() };
}

function keysOf(settings: VaultSettings): KeyWrapper {
  const { recordingsKeyFile, recordingsKmsKeyId, awsRegion } = settings;
  if (recordingsKmsKeyId && recordingsKeyFile)
    throw new VaultUnusable(
      'RECORDINGS_KEY_FILE and RECORDINGS_KMS_KEY_ID are both set. Recordings are sealed with one of ' +
        'them: unset the other.',
    );
  if (recordingsKmsKeyId)
    return new KmsKeys(
      awsClient(settings, 'kms'),
      settings.awsEndpointUrlKms ?? `https://kms.${awsRegion}.amazonaws.com`,
      recordingsKmsKeyId,
    );
  if (recordingsKeyFile) return new KeyFile(recordingsKeyFile);
  throw new VaultUnusable(
    'Neither RECORDINGS_KEY_FILE nor RECORDINGS_KMS_KEY_ID is set. Recordings are never kept in the ' +
      'clear: make a key file (docs/recordings.md) or name a key.',
  );
}

function awsClient(settings: VaultSettings, service: string): SignedFetch {
  const client = awsClientOf(settings, service);
  if (!client)
    throw new VaultUnusable(
      'A bucket or a KMS key needs credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or those of ' +
        'the workload (AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, or AWS_CONTAINER_CREDENTIALS_FULL_URI).',
    );
  return client;
}
