import { z } from 'zod';
import { section } from '../setting.ts';
import { url } from './forms.ts';

/** One of these says where credentials come from. */
const AWS_CREDENTIALS = ['AWS_ACCESS_KEY_ID', 'AWS_ROLE_ARN', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'];

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
      needs: ['RECORDINGS_DIR', AWS_CREDENTIALS],
      schema: z.string().min(1).max(200).optional(),
      description: 'AWS KMS key (id, ARN or alias) in place of the key file.',
      example: 'alias/tandem-recordings',
    },
    recordingsS3Bucket: {
      env: 'RECORDINGS_S3_BUCKET',
      needs: ['RECORDINGS_DIR', AWS_CREDENTIALS],
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
    awsRoleArn: {
      env: 'AWS_ROLE_ARN',
      needs: ['AWS_WEB_IDENTITY_TOKEN_FILE'],
      schema: z
        .string()
        .regex(/^arn:[\w:/+=,.@-]{10,250}$/, 'must be the ARN of a role')
        .optional(),
      description:
        'Role for bucket and KMS key in place of an access key; EKS sets it for a service account with ' +
        'a role.',
    },
    awsWebIdentityTokenFile: {
      env: 'AWS_WEB_IDENTITY_TOKEN_FILE',
      needs: ['AWS_ROLE_ARN'],
      schema: z.string().min(1).optional(),
      description: "File with the service account's token; EKS sets it with the role.",
    },
    awsEndpointUrlSts: {
      env: 'AWS_ENDPOINT_URL_STS',
      schema: url('http', 'https').optional(),
      description: 'Another service with the STS API.',
      whenUnset: 'that of AWS in the region',
    },
    awsContainerCredentialsUrl: {
      env: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      schema: url('http', 'https').optional(),
      description:
        'Where an agent on the node gives out credentials, in place of an access key; EKS Pod Identity ' +
        'and ECS set it.',
    },
    awsContainerTokenFile: {
      env: 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
      needs: ['AWS_CONTAINER_CREDENTIALS_FULL_URI'],
      schema: z.string().min(1).optional(),
      description: 'File with the token for that agent; EKS Pod Identity sets it.',
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
