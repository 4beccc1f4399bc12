import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Behaviour } from '../behaviours/behaviour.ts';
import { behaviourFrom, behaviourSpecProblem, type BehaviourSpec } from '../behaviours/from-spec.ts';
import type { LineRule } from '../conversation/caller-lines.ts';
import { faultSpecProblem, type FaultSpec } from '../faults/fault-spec.ts';
import type { Faults } from '../faults/faults.ts';
import type { SimulatedSession } from '../session/simulated-session.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../wire/json.ts';

/** Largest body the control interface accepts. */
const MAX_BODY_BYTES = 1024 * 1024;

/** An answer to a control request: JSON, or bytes of audio. */
type Answer = { readonly status: number; readonly body?: unknown; readonly bytes?: Buffer };

type Route = (match: readonly string[], body: unknown, query: URLSearchParams) => Answer;

class ControlProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The parts of the simulator that the control interface reads and changes. */
interface ControlledSimulator {
  behaviour: Behaviour;
  readonly faults: Faults;
  readonly sessions: readonly SimulatedSession[];
  readonly openSessions: number;
  readonly openedSessions: number;
  readonly refusedHandshakes: Readonly<Record<string, number>>;
  readonly misfits: readonly string[];
  readonly brokenPlans: readonly string[];
  addCallerLines(rule: LineRule): void;
  reset(): void;
}

/**
 * The simulator's HTTP control interface, for benches in other processes. It has no authentication: it
 * belongs on loopback, where it listens by default. Routes are listed in README.md.
 */
export class ControlServer {
  private readonly simulator: ControlledSimulator;
  private readonly routes: readonly (readonly [method: string, path: RegExp, route: Route])[];
  private server: Server | null = null;

  constructor(simulator: ControlledSimulator) {
    this.simulator = simulator;
    this.routes = [
      ['GET', /^\/healthz$/, () => ({ status: 200, body: { status: 'ok' } })],
      ['GET', /^\/counters$/, () => ({ status: 200, body: this.counters() })],
      ['GET', /^\/sessions$/, (_, __, query) => ({ status: 200, body: this.list(query) })],
      ['GET', /^\/sessions\/([^/]+)$/, ([id]) => ({ status: 200, body: this.details(this.session(id)) })],
      [
        'GET',
        /^\/sessions\/([^/]+)\/events$/,
        ([id], _, query) => ({ status: 200, body: events(this.session(id), query) }),
      ],
      [
        'GET',
        /^\/sessions\/([^/]+)\/audio\/(in|out)$/,
        ([id, side]) => ({
          status: 200,
          bytes: side === 'in' ? this.session(id).received : this.session(id).sent,
        }),
      ],
      ['POST', /^\/sessions\/([^/]+)\/lines$/, ([id], body) => this.addLines(this.session(id), body)],
      ['POST', /^\/sessions\/([^/]+)\/close$/, ([id], body) => this.close(this.session(id), body)],
      ['POST', /^\/lines$/, (_, body) => this.addRule(body)],
      ['PUT', /^\/behaviour$/, (_, body) => this.setBehaviour(body)],
      ['GET', /^\/faults$/, () => ({ status: 200, body: this.simulator.faults.list() })],
      ['POST', /^\/faults$/, (_, body) => this.addFault(body)],
      ['DELETE', /^\/faults$/, () => this.clearFaults()],
      ['DELETE', /^\/faults\/([^/]+)$/, ([id]) => this.removeFault(id)],
      ['POST', /^\/reset$/, () => this.reset()],
    ];
  }

  /** Starts listening; returns the base URL. */
  start(port: number, host: string): Promise<string> {
    const server = createServer((request, response) => void this.serve(request, response));
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`));
    });
  }

  stop(): Promise<void> {
    const server = this.server;
    this.server = null;
    if (!server) return Promise.resolve();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(request);
      send(response, this.answer(request, body));
    } catch (error) {
      const status = error instanceof ControlProblem ? error.status : 500;
      const detail = error instanceof Error ? error.message : String(error);
      response.writeHead(status, { 'content-type': 'application/problem+json', connection: 'close' });
      response.end(JSON.stringify({ type: 'about:blank', title: 'Control request refused', status, detail }));
    }
  }

  private answer(request: IncomingMessage, body: unknown): Answer {
    const url = new URL(request.url ?? '/', 'http://control');
    const onPath = this.routes.filter(([, path]) => path.test(url.pathname));
    const route = onPath.find(([method]) => method === request.method);
    if (!route) {
      if (onPath.length > 0)
        throw new ControlProblem(
          405,
          `${url.pathname} takes ${onPath.map(([method]) => method).join(', ')}.`,
        );
      throw new ControlProblem(404, `There is no ${url.pathname}. README.md lists the routes.`);
    }
    const match = route[1].exec(url.pathname)?.slice(1) ?? [];
    return route[2](match, body, url.searchParams);
  }

  private session(id: string | undefined): SimulatedSession {
    const session = this.simulator.sessions.find((candidate) => candidate.id === id);
    if (!session) throw new ControlProblem(404, `No session ${id ?? ''}: GET /sessions lists them.`);
    return session;
  }

  private counters(): JsonObject {
    const { openSessions, openedSessions, refusedHandshakes, misfits, brokenPlans, behaviour } =
      this.simulator;
    return {
      behaviour: behaviour.name,
      openSessions,
      openedSessions,
      refusedHandshakes,
      misfits,
      brokenPlans,
    };
  }

  private list(query: URLSearchParams): JsonObject[] {
    const contains = query.get('contains');
    const state = query.get('state');
    return this.simulator.sessions
      .filter((session) => contains === null || String(session.config['instructions']).includes(contains))
      .filter((session) => state === null || session.isOpen === (state === 'open'))
      .map(summary);
  }

  private details(session: SimulatedSession): JsonObject {
    return {
      ...summary(session),
      config: session.config,
      items: session.items,
      seededItems: session.seededItems,
      counters: session.counters,
    };
  }

  private addLines(session: SimulatedSession, body: unknown): Answer {
    session.hears(...linesOf(body));
    return { status: 204 };
  }

  private addRule(body: unknown): Answer {
    const contains = asString(asObject(body)['contains']);
    const rule: LineRule = { lines: linesOf(body), ...(contains === undefined ? {} : { contains }) };
    this.simulator.addCallerLines(rule);
    return { status: 204 };
  }

  private close(session: SimulatedSession, body: unknown): Answer {
    const { code, reason } = asObject(body);
    session.close(typeof code === 'number' ? code : 1000, asString(reason) ?? '');
    return { status: 204 };
  }

  private setBehaviour(body: unknown): Answer {
    const problem = behaviourSpecProblem(body);
    if (problem !== null) throw new ControlProblem(422, problem);
    this.simulator.behaviour = behaviourFrom(body as BehaviourSpec);
    return { status: 204 };
  }

  private addFault(body: unknown): Answer {
    const problem = faultSpecProblem(body);
    if (problem !== null) throw new ControlProblem(422, problem);
    return { status: 201, body: { id: this.simulator.faults.add(body as FaultSpec) } };
  }

  private removeFault(id: string | undefined): Answer {
    if (!this.simulator.faults.remove(id ?? ''))
      throw new ControlProblem(
        404,
        `No fault ${id ?? ''}: it may be used up. GET /faults lists the active faults.`,
      );
    return { status: 204 };
  }

  private clearFaults(): Answer {
    this.simulator.faults.clear();
    return { status: 204 };
  }

  private reset(): Answer {
    this.simulator.reset();
    return { status: 204 };
  }
}

function summary(session: SimulatedSession): JsonObject {
  const { id, number, kind, model, isOpen, end, ageMs } = session;
  return { id, number, kind, model, isOpen, end, ageMs: Math.round(ageMs) };
}

function events(session: SimulatedSession, query: URLSearchParams): JsonObject[] {
  const from = Number(query.get('from') ?? 0);
  const type = query.get('type');
  return session.events
    .map(({ direction, atMs, event, text }, index) => ({
      index,
      direction,
      atMs,
      event: Object.keys(event).length > 0 ? event : text,
    }))
    .slice(Number.isInteger(from) && from > 0 ? from : 0)
    .filter((entry) => type === null || (isObject(entry.event) && entry.event['type'] === type));
}

function linesOf(body: unknown): string[] {
  const lines = asArray(asObject(body)['lines']);
  if (lines.length === 0 || !lines.every((line) => typeof line === 'string'))
    throw new ControlProblem(422, 'lines must be a list of at least one string.');
  return lines;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) throw new ControlProblem(413, `A body may have ${MAX_BODY_BYTES} bytes.`);
    pieces.push(piece);
  }
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown;
  } catch {
    throw new ControlProblem(400, 'The body is not JSON.');
  }
}

function send(response: ServerResponse, { status, body, bytes }: Answer): void {
  if (bytes) {
    response.writeHead(status, { 'content-type': 'application/octet-stream' });
    response.end(bytes);
  } else if (body === undefined) {
    response.writeHead(status);
    response.end();
  } else {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }
}
