import { z } from 'zod';
import { section } from '../setting.ts';
import { url } from './forms.ts';

export const recordingsSection = section(
  'Recordings',
  'Where recorded calls are kept, sealed. The same for media-relay and control-api. See docs/recordings.md.',
  {
    recordingsDir: {
      env: 'RECORDINGS_DIR',
      needs: [['RECORDINGS_KEY_FILE', 'RECORDINGS_KMS_KEY_ID']],
      schema: z.string().min(1).optional(),
      description: 'Folder of the recordings; with a bucket, where they wait until they are in it.',
      whenUnset: 'nothing is recorded, whatever agents say',
      example: '/var/lib/tandem/recordings',
    },
    recordingsKeyFile: {
      env: 'RECORDINGS_KEY_FILE',
      needs: ['RECORDINGS_DIR'],
      excludes: 'RECORDINGS_KMS_KEY_ID',
      schema: z.string().min(1).optional(),
      description: 'JSON file with the keys recordings are sealed under, the newest first.',
      whenUnset: 'RECORDINGS_KMS_KEY_ID is needed',
      example: '/run/secrets/recording-keys.json',
    },
    recordingsKmsKeyId: {
      env: 'RECORDINGS_KMS_KEY_ID',
      needs: ['RECORDINGS_DIR', 'AWS_ACCESS_KEY_ID'],
      schema: z.string().min(1).max(200).optional(),
      description: 'AWS KMS key (id, ARN or alias) in place of the file.',
      example: 'alias/tandem-recordings',
    },
    recordingsS3Bucket: {
      env: 'RECORDINGS_S3_BUCKET',
      needs: ['RECORDINGS_DIR', 'AWS_ACCESS_KEY_ID'],
      schema: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
        .optional(),
      description: 'Bucket for the recordings.',
      whenUnset: 'they stay in the folder',
      example: 'tandem-recordings',
    },
    awsRegion: {
      env: 'AWS_REGION',
      schema: z
        .string()
        .regex(/^[a-z0-9-]{1,40}$/)
        .default('us-east-1'),
      description: 'Region of bucket and key.',
    },
    awsAccessKeyId: {
      env: 'AWS_ACCESS_KEY_ID',
      needs: ['AWS_SECRET_ACCESS_KEY'],
      schema: z.string().min(1).optional(),
      description: 'Access key for bucket and key.',
      example: 'AKIAIOSFODNN7EXAMPLE',
    },
    awsSecretAccessKey: {
      env: 'AWS_SECRET_ACCESS_KEY',
      needs: ['AWS_ACCESS_KEY_ID'],
      schema: z.string().min(1).optional(),
      isSecret: true,
      description: 'Its secret.',
      example: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
    awsSessionToken: {
      env: 'AWS_SESSION_TOKEN',
      needs: ['AWS_ACCESS_KEY_ID'],
      schema: z.string().min(1).optional(),
      isSecret: true,
      description: 'For temporary credentials.',
    },
    awsEndpointUrlS3: {
      env: 'AWS_ENDPOINT_URL_S3',
      schema: url('http', 'https').optional(),
      description: 'Another store that speaks S3: MinIO, Ceph, R2.',
      whenUnset: "AWS's of the region",
      example: 'https://minio.example.com',
    },
    awsEndpointUrlKms: {
      env: 'AWS_ENDPOINT_URL_KMS',
      schema: url('http', 'https').optional(),
      description: "Another service that speaks KMS's protocol.",
      whenUnset: "AWS's of the region",
    },
  },
);
