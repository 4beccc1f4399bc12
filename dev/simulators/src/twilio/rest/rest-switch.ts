import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Account {
  readonly accountSid: string;
  readonly apiBaseUrl: string;
}

/** The one REST API in front of several simulated accounts, told apart by the path. */
export class RestSwitch {
  private readonly accounts: Account[] = [];
  private readonly server = createServer((request, response) => void this.pass(request, response));

  /** Returns the base URL. */
  async start(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  add(...accounts: readonly Account[]): void {
    this.accounts.push(...accounts);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const account = this.accounts.find(({ accountSid }) => url.includes(`/Accounts/${accountSid}/`));
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (!account) return void response.writeHead(404).end('{"code":20404}');
    const { authorization = '', 'content-type': type = '' } = headers;
    const answer = await fetch(`${account.apiBaseUrl}${url}`, {
      method,
      headers: { authorization, 'content-type': type },
      body: method === 'GET' ? null : Buffer.concat(chunks).toString(),
    });
    const text = await answer.text();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  }
}
