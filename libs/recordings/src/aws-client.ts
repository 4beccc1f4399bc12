import { fromHttp } from '@aws-sdk/credential-provider-http';
import { fromTokenFile } from '@aws-sdk/credential-provider-web-identity';
import { AwsClient } from 'aws4fetch';

/** Settings of AWS' own names, of which one kind of credentials is needed. */
export interface AwsSettings {
  readonly awsRegion: string;
  readonly awsAccessKeyId?: string | undefined;
  readonly awsSecretAccessKey?: string | undefined;
  readonly awsSessionToken?: string | undefined;
  /** A role that the token of a Kubernetes service account may take (EKS: IAM roles for service accounts). */
  readonly awsRoleArn?: string | undefined;
  readonly awsWebIdentityTokenFile?: string | undefined;
  readonly awsEndpointUrlSts?: string | undefined;
  /** Where an agent on the node gives credentials out (EKS Pod Identity, ECS). */
  readonly awsContainerCredentialsUrl?: string | undefined;
  readonly awsContainerTokenFile?: string | undefined;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** Sends signed requests. */
export interface SignedFetch {
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/** Credentials are renewed this long before they end. */
const RENEW_BEFORE_MS = 5 * 60_000;
const RETRIES = 3;

/**
 * Returns the client of one service of AWS: with an access key, or with the credentials of a workload, which
 * are fetched at the first request and renewed before they end. Null when nothing of it is set.
 * @param service `s3` or `kms`
 */
export function awsClientOf(settings: AwsSettings, service: string): SignedFetch | null {
  const provider = providerOf(settings);
  return provider && new RenewedClient(provider, settings.awsRegion, service);
}

function providerOf(settings: AwsSettings): (() => Promise<Credentials>) | null {
  const { awsAccessKeyId, awsSecretAccessKey, awsSessionToken } = settings;
  if (awsAccessKeyId && awsSecretAccessKey) {
    const fixed = {
      accessKeyId: awsAccessKeyId,
      secretAccessKey: awsSecretAccessKey,
      sessionToken: awsSessionToken,
    };
    return () => Promise.resolve(fixed);
  }
  if (settings.awsRoleArn && settings.awsWebIdentityTokenFile)
    return fromTokenFile({
      roleArn: settings.awsRoleArn,
      webIdentityTokenFile: settings.awsWebIdentityTokenFile,
      roleSessionName: 'tandem',
      clientConfig: {
        region: settings.awsRegion,
        ...(settings.awsEndpointUrlSts ? { endpoint: settings.awsEndpointUrlSts } : {}),
      },
    });
  if (settings.awsContainerCredentialsUrl)
    return fromHttp({
      awsContainerCredentialsFullUri: settings.awsContainerCredentialsUrl,
      ...(settings.awsContainerTokenFile
        ? { awsContainerAuthorizationTokenFile: settings.awsContainerTokenFile }
        : {}),
    });
  return null;
}

class RenewedClient implements SignedFetch {
  private client: Promise<AwsClient> | null = null;
  /** Unix time in ms. */
  private renewAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly provide: () => Promise<Credentials>,
    private readonly region: string,
    private readonly service: string,
  ) {}

  async fetch(url: string, init: RequestInit): Promise<Response> {
    if (this.client === null || Date.now() >= this.renewAt) {
      // Requests that come meanwhile wait for these credentials, too.
      this.renewAt = Number.POSITIVE_INFINITY;
      this.client = this.renewed();
    }
    return (await this.client).fetch(url, init);
  }

  private async renewed(): Promise<AwsClient> {
    try {
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = await this.provide();
      if (expiration) this.renewAt = expiration.getTime() - RENEW_BEFORE_MS;
      return new AwsClient({
        accessKeyId,
        secretAccessKey,
        ...(sessionToken ? { sessionToken } : {}),
        region: this.region,
        service: this.service,
        retries: RETRIES,
      });
    } catch (error) {
      // A failure is not kept: the next request asks again.
      this.client = null;
      throw error;
    }
  }
}
