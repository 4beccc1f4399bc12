import { z } from 'zod';
import { section } from '../setting.ts';
import { url } from './forms.ts';

export const recordingsSection = section(
  'Recordings',
  'Where sealed recordings are stored. The same for media-relay and control-api. See docs/recordings.md.',
  {
    recordingsDir: {
      env: 'RECORDINGS_DIR',
      needs: [['RECORDINGS_KEY_FILE', 'RECORDINGS_KMS_KEY_ID']],
      schema: z.string().min(1).optional(),
      description: 'Folder for recordings; with a bucket, they wait here for their upload.',
      whenUnset: 'nothing is recorded, whatever the agents are set to',
      example: '/var/lib/tandem/recordings',
    },
    recordingsKeyFile: {
      env: 'RECORDINGS_KEY_FILE',
      needs: ['RECORDINGS_DIR'],
      excludes: 'RECORDINGS_KMS_KEY_ID',
      schema: z.string().min(1).optional(),
      description: 'JSON file with the keys that seal recordings, the newest first.',
      whenUnset: 'RECORDINGS_KMS_KEY_ID is needed',
      example: '/run/secrets/recording-keys.json',
    },
    recordingsKmsKeyId: {
      env: 'RECORDINGS_KMS_KEY_ID',
      needs: ['RECORDINGS_DIR', 'AWS_ACCESS_KEY_ID'],
      schema: z.string().min(1).max(200).optional(),
      description: 'AWS KMS key (id, ARN or alias) in place of the key file.',
      example: 'alias/tandem-recordings',
    },
    recordingsS3Bucket: {
      env: 'RECORDINGS_S3_BUCKET',
      needs: ['RECORDINGS_DIR', 'AWS_ACCESS_KEY_ID'],
      schema: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
        .optional(),
      description: 'Bucket for recordings.',
      whenUnset: 'they stay in the folder',
      example: 'tandem-recordings',
    },
    awsRegion: {
      env: 'AWS_REGION',
      schema: z
        .string()
        .regex(/^[a-z0-9-]{1,40}$/)
        .default('us-east-1'),
      description: 'Region of bucket and KMS key.',
    },
    awsAccessKeyId: {
      env: 'AWS_ACCESS_KEY_ID',
      needs: ['AWS_SECRET_ACCESS_KEY'],
      schema: z.string().min(1).optional(),
      description: 'Access key for bucket and KMS key.',
      example: 'AKIAIOSFODNN7EXAMPLE',
    },
    awsSecretAccessKey: {
      env: 'AWS_SECRET_ACCESS_KEY',
      needs: ['AWS_ACCESS_KEY_ID'],
      schema: z.string().min(1).optional(),
      isSecret: true,
      description: 'Secret of the access key.',
      example: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
    awsSessionToken: {
      env: 'AWS_SESSION_TOKEN',
      needs: ['AWS_ACCESS_KEY_ID'],
      schema: z.string().min(1).optional(),
      isSecret: true,
      description: 'Session token of temporary credentials.',
    },
    awsEndpointUrlS3: {
      env: 'AWS_ENDPOINT_URL_S3',
      schema: url('http', 'https').optional(),
      description: 'Another store with the S3 API: MinIO, Ceph, R2.',
      whenUnset: 'that of AWS in the region',
      example: 'https://minio.example.com',
    },
    awsEndpointUrlKms: {
      env: 'AWS_ENDPOINT_URL_KMS',
      schema: url('http', 'https').optional(),
      description: 'Another service with the KMS API.',
      whenUnset: 'that of AWS in the region',
    },
  },
);
