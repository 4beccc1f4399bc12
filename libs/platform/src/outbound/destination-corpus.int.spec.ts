import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, createServer, type Server } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect, isIP, type AddressInfo, type LookupFunction, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Destinations, type ResolveName } from './destinations.ts';
import { OutboundClient } from './outbound-client.ts';
import { OutboundConnections, OutboundFailure } from './outbound-connections.ts';

interface Entry {
  readonly verdict: 'allow' | 'refuse';
  readonly url: string;
  /** The addresses the name resolves to, look-up by look-up. */
  readonly answers: readonly (readonly string[])[];
}

const CORPUS = readFileSync(new URL('destination-corpus.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line): Entry => {
    const [, verdict, rest] = /^(allow|refuse) +(.*)$/.exec(line) ?? [];
    const [url = '', answers = ''] = (rest ?? '').split(' -> ');
    return {
      verdict: verdict as Entry['verdict'],
      url,
      answers: answers === '' ? [] : answers.split(' | ').map((answer) => answer.split(', ')),
    };
  });
const REFUSED = CORPUS.filter(({ verdict }) => verdict === 'refuse');
const ALLOWED = CORPUS.filter(({ verdict }) => verdict === 'allow');

/** Returns a resolver with planned answers; the last one is repeated. */
function resolver(answers: Entry['answers']): ResolveName {
  let count = 0;
  return (_hostname, _options, callback) => {
    const found = answers[Math.min(count++, answers.length - 1)];
    if (!found) return callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    callback(
      null,
      found.map((address) => ({ address, family: isIP(address) })),
    );
  };
}

const NOT_CONNECTED = Object.assign(new Error('noted, not connected'), { code: 'NOTED' });

/** Takes the place of the network: notes the addresses a socket would connect to, and connects to none. */
function connector() {
  const opened: string[] = [];
  type Options = { readonly host: string; readonly port: number; readonly lookup: LookupFunction };
  const createConnection = ({ host, port, lookup }: Options): Socket => {
    const note = (found: readonly string[]) => {
      opened.push(...found);
      return NOT_CONNECTED;
    };
    return connect({
      // A socket does not look addresses up.
      host: isIP(host) === 0 ? host : 'address.example.com',
      port,
      lookup: (name, options, callback) =>
        isIP(host) === 0
          ? lookup(name, options, (error, found) =>
              callback(error ?? note((found as LookupAddress[]).map(({ address }) => address)), found),
            )
          : callback(note([host]), []),
    });
  };
  const agents = {
    'http:': Object.assign(new HttpAgent(), { createConnection }),
    'https:': Object.assign(new HttpsAgent(), { createConnection }),
  };
  return { opened, agents };
}

/** Checks a URL as it is entered, then requests it. */
async function visit({ url, answers }: Entry) {
  const destinations = new Destinations([], resolver(answers));
  const problem = await destinations.problemOfResolved(url);
  const { opened, agents } = connector();
  const client = new OutboundClient(new OutboundConnections(destinations, agents));
  const failure = await client
    .request({ method: 'GET', url, headers: {}, body: null, timeoutMs: 20_000 }, 1_024)
    .then(
      () => null,
      (error: unknown) => (error instanceof OutboundFailure ? error : Promise.reject(error as Error)),
    );
  return { url, problem, code: failure?.code, opened };
}

describe('the corpus of addresses', () => {
  it('has three hundred at least, each once', () => {
    expect(new Set(CORPUS.map(({ url, answers }) => JSON.stringify([url, answers]))).size).toBe(
      CORPUS.length,
    );
    expect(CORPUS.length).toBeGreaterThanOrEqual(300);
    expect(ALLOWED.length).toBeGreaterThanOrEqual(60);
  });

  it('has no forbidden one connected to', async () => {
    const visits = await Promise.all(REFUSED.map(visit));
    expect(visits.filter(({ opened }) => opened.length > 0)).toEqual([]);
    expect(visits.filter(({ code }) => code !== 'destination-refused' && code !== 'enotfound')).toEqual([]);
  });

  it('has every public one connected to, at the address its name leads to', async () => {
    const visits = await Promise.all(ALLOWED.map(visit));
    expect(visits.filter(({ problem, opened }) => problem !== null || opened.length === 0)).toEqual([]);
    for (const [index, { opened }] of visits.entries()) {
      const answers = ALLOWED[index]?.answers ?? [];
      if (answers.length > 0) expect(opened).toEqual(answers.at(-1));
    }
  });
});

describe('a receiver that sends a request on', () => {
  const visitors: string[] = [];
  let hidden: Server;
  let open: Server;
  const listen = (server: Server, host: string) =>
    new Promise<number>((listening) =>
      server.listen(0, host, () => listening((server.address() as AddressInfo).port)),
    );
  let hiddenPort: number;
  let openPort: number;

  beforeAll(async () => {
    hidden = createServer((_request, response) => response.end('secret'));
    hidden.on('connection', () => visitors.push('hidden'));
    hiddenPort = await listen(hidden, '127.0.0.2');
    open = createServer((request, response) => {
      const status = Number(new URL(request.url ?? '/', 'http://open').searchParams.get('status'));
      response.writeHead(status, { location: `http://127.0.0.2:${hiddenPort}/` }).end();
    });
    openPort = await listen(open, '127.0.0.1');
  });
  afterAll(() => {
    for (const server of [hidden, open]) {
      server.closeAllConnections();
      server.close();
    }
  });

  it.each([300, 301, 302, 303, 307, 308])('by %i is not followed', async (status) => {
    const connections = new OutboundConnections(new Destinations(['127.0.0.1/32']));
    const client = new OutboundClient(connections);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      const url = `http://127.0.0.1:${openPort}/?status=${status}`;
      const answer = await client.request({ method, url, headers: {}, body: null, timeoutMs: 20_000 }, 1_024);
      expect(answer.status).toBe(status);
    }
    client.close();
    expect(visitors).toEqual([]);
  });

  it('by a name that leads elsewhere after the check is not reached', async () => {
    const destinations = new Destinations(['127.0.0.1/32'], resolver([['127.0.0.1'], ['127.0.0.2']]));
    const url = `http://rebind.example.com:${hiddenPort}/`;
    expect(await destinations.problemOfResolved(url)).toBeNull();
    const client = new OutboundClient(new OutboundConnections(destinations));
    await expect(
      client.request({ method: 'GET', url, headers: {}, body: null, timeoutMs: 20_000 }, 1_024),
    ).rejects.toMatchObject({ code: 'destination-refused', mayHaveArrived: false });
    client.close();
    expect(visitors).toEqual([]);
  });
});
