import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { awsClientOf } from './aws-client.ts';

const ROLE = 'arn:aws:iam::123456789012:role/tandem';

/** STS, the agent of a node and a bucket at one address: each says what it was asked, and by whom. */
class Amazon {
  readonly tokens: string[] = [];
  readonly signers: string[] = [];
  lifetimeS = 3_600;
  isRefusing = false;
  private given = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.respond(request, response));
  }

  static async start(): Promise<Amazon> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Amazon(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece as string;
    if (request.url === '/bucket/object') return this.serve(request, response);
    const form = new URLSearchParams(body);
    const isAgent = request.url === '/agent';
    this.tokens.push(
      isAgent
        ? (request.headers.authorization ?? '')
        : `${form.get('Action')} ${form.get('WebIdentityToken')}`,
    );
    if (this.isRefusing) return void response.writeHead(403, { 'content-type': 'text/xml' }).end(REFUSAL);
    this.given += 1;
    const end = new Date(Date.now() + this.lifetimeS * 1_000).toISOString();
    if (!isAgent) {
      response.writeHead(200, { 'content-type': 'text/xml' });
      return void response.end(assumed(`KEY${this.given}`, end));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        AccessKeyId: `KEY${this.given}`,
        SecretAccessKey: 'secret',
        Token: `session-${this.given}`,
        Expiration: end,
      }),
    );
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const [, signer = ''] = /Credential=([^/]+)/.exec(request.headers.authorization ?? '') ?? [];
    this.signers.push(`${signer} ${String(request.headers['x-amz-security-token'])}`);
    response.end('found');
  }
}

const REFUSAL =
  '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>' +
  '</ErrorResponse>';
const assumed = (key: string, end: string): string =>
  '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
  '<AssumeRoleWithWebIdentityResult><Credentials>' +
  `<AccessKeyId>${key}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>` +
  `<SessionToken>session-${key.slice(3)}</SessionToken><Expiration>${end}</Expiration>` +
  '</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>';

describe('the credentials of a workload', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-identity-'));
  const tokenFile = join(folder, 'token');
  let amazon: Amazon;

  beforeAll(() => writeFileSync(tokenFile, 'token-1'));
  afterEach(() => amazon.stop());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const clientOf = (extra: object) => awsClientOf({ awsRegion: 'eu-central-1', ...extra }, 's3');
  const role = () => ({
    awsRoleArn: ROLE,
    awsWebIdentityTokenFile: tokenFile,
    awsEndpointUrlSts: amazon.url,
  });
  const get = async (client: ReturnType<typeof clientOf>): Promise<string | undefined> => {
    const response = await client?.fetch(`${amazon.url}/bucket/object`, { method: 'GET' });
    return response?.text();
  };

  it('are those of the role its token may take, fetched once and used for every request', async () => {
    amazon = await Amazon.start();
    const client = clientOf(role());
    expect([await get(client), await get(client)]).toEqual(['found', 'found']);
    expect(amazon.tokens).toEqual(['AssumeRoleWithWebIdentity token-1']);
    expect(amazon.signers).toEqual(['KEY1 session-1', 'KEY1 session-1']);
  });

  it('are renewed before they end, with the token that is there then', async () => {
    amazon = await Amazon.start();
    amazon.lifetimeS = 60;
    const client = clientOf(role());
    await get(client);
    writeFileSync(tokenFile, 'token-2');
    await get(client);
    writeFileSync(tokenFile, 'token-1');
    expect(amazon.tokens.at(-1)).toBe('AssumeRoleWithWebIdentity token-2');
    expect(amazon.signers.at(-1)).toMatch(/^KEY[23] session-[23]$/);
  });

  it('are given out by an agent on the node', async () => {
    amazon = await Amazon.start();
    const client = clientOf({
      awsContainerCredentialsUrl: `${amazon.url}/agent`,
      awsContainerTokenFile: tokenFile,
    });
    expect(await get(client)).toBe('found');
    expect(amazon.tokens).toEqual(['token-1']);
    expect(amazon.signers).toEqual(['KEY1 session-1']);
  });

  it('are asked for again after a refusal', async () => {
    amazon = await Amazon.start();
    amazon.isRefusing = true;
    const client = clientOf(role());
    await expect(get(client)).rejects.toThrow(/no|AccessDenied/);
    amazon.isRefusing = false;
    expect(await get(client)).toBe('found');
  });
});
