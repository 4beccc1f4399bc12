import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DIALLED, RunningPlatform, words } from '@tandem/commands/platform';
import {
  latestToolOutput,
  NO_DISTANCE,
  type Behaviour,
  type ResponsePlan,
  type SimulatedCall,
  type SimulatedSession,
} from '@tandem/simulators';
import type { Spread } from '../pump/histogram.ts';

/** Tool calls through real processes, from the model's event to the result it is sent. */
export interface ToolFigures {
  /** `lookup_customer`, one after the other in a few calls. */
  readonly roundTrip: Spread;
  /** As many calls of `check_availability` at once. */
  readonly burst: { readonly asked: number; readonly answered: number; readonly spread: Spread };
  /** `lookup_customer` of one tenant, beside nobody and beside a tenant with two hundred tools at work. */
  readonly beside: {
    readonly nobody: Spread;
    /** The other tenant's tools ask a business system that takes {@link SLOW_SYSTEM_MS}. */
    readonly slowFlood: BesideFlood;
    /** The other tenant's tools ask crm-api, as fast as it answers: on one machine they take every core. */
    readonly fastFlood: BesideFlood;
  };
}

interface BesideFlood {
  readonly spread: Spread;
  readonly floodCalls: number;
}

const WORKERS = 4;
const CALLS = 5;
const TOOLS_EACH = 60;
/** Tools that one call may have at work at once, and the calls that make a thousand of them. */
const AT_ONCE = 8;
const BURST_CALLS = 125;
const FLOOD_CALLS = 25;
/** The time a business system needs for its answer, in ms. */
export const SLOW_SYSTEM_MS = 2_000;
const CALLER_SPEAKS_MS = 400;
const LIMIT_MS = 120_000;
const OTHER_NUMBER = '+12025550177';
const LOOKUP: ResponsePlan = { steps: [{ call: 'lookup_customer', arguments: {} }] };

/** Eight tool calls to the slow system that differ. */
const SLOW_PLAN: ResponsePlan = {
  steps: Array.from({ length: AT_ONCE }, (_, at) => ({
    call: 'find_order',
    arguments: { orderId: `A-${at}` },
  })),
};

/** Returns eight tool calls that differ, each for a day of its own. */
function burstPlan(): ResponsePlan {
  return {
    steps: Array.from({ length: AT_ONCE }, (_, day) => ({
      call: 'check_availability',
      arguments: {
        service: 'plumbing',
        date: new Date(Date.now() + (day + 1) * 86_400_000).toISOString().slice(0, 10),
      },
    })),
  };
}

/** Measures the round trip of tools, a thousand at once, and a tenant beside another's flood. */
export async function benchTools(): Promise<ToolFigures> {
  const system = createServer((request, response) => {
    request.resume();
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"state":"shipped"}');
    }, SLOW_SYSTEM_MS);
  });
  await new Promise<void>((listening) => system.listen(0, '127.0.0.1', listening));
  const platform = await RunningPlatform.start({
    model: {
      behaviour: silent,
      pace: { firstByteMs: 20, deltaMs: 200, audioRate: 6 },
      record: { events: true, audio: false },
      link: NO_DISTANCE,
    },
    twilio: { link: NO_DISTANCE },
    stack: {
      relays: 2,
      replicas: { 'tool-worker': WORKERS },
      env: { RELAY_MAX_CALLS: String(2 * BURST_CALLS), OUTBOUND_TRUSTED_NETWORKS: '127.0.0.1/32' },
    },
  });
  try {
    await platform.publish({
      greeting: '',
      limits: { maxAnswersWithoutTool: 0 },
      tools: ['lookup_customer', 'check_availability', 'find_order'],
      httpTools: [findOrder((system.address() as AddressInfo).port)],
    });
    await addOtherTenant(platform);
    const bench = new ToolBench(platform);
    await bench.lookUps(DIALLED); // Cold processes.
    const roundTrip = await bench.lookUps(DIALLED);
    const burst = await bench.burst();
    const nobody = await bench.lookUps(OTHER_NUMBER);
    const slowFlood = await bench.lookUpsBeside(SLOW_PLAN);
    const fastFlood = await bench.lookUpsBeside(burstPlan());
    return { roundTrip, burst, beside: { nobody, slowFlood, fastFlood } };
  } finally {
    await platform.stop();
    system.close();
  }
}

/** Returns a tool that asks the slow system. */
const findOrder = (port: number) => ({
  name: 'find_order',
  description: 'Finds an order by its number.',
  parameters: { type: 'object', properties: { orderId: { type: 'string' } }, required: ['orderId'] },
  url: `http://127.0.0.1:${port}/orders/{orderId}`,
  response: { fields: { state: 'state' } },
});

class ToolBench {
  private callers = 0;

  constructor(private readonly platform: RunningPlatform) {}

  /** Calls in which `lookup_customer` is called again as soon as its result has come. */
  async lookUps(number: string): Promise<Spread> {
    this.platform.model.behaviour = repeating(LOOKUP, TOOLS_EACH);
    const talks = await this.place(CALLS, number);
    const trips: number[] = [];
    for (const { call, session } of talks) {
      await this.results(session, TOOLS_EACH);
      trips.push(...tripsOf(session));
      await hangUp(call);
    }
    return spreadOf(trips);
  }

  /** A thousand tool calls in the same moment. */
  async burst(): Promise<ToolFigures['burst']> {
    this.platform.model.behaviour = repeating(burstPlan(), 1, true);
    const known = this.platform.model.sessions.length;
    const calls = Array.from({ length: BURST_CALLS }, () => this.ring(DIALLED));
    const sessions = () => this.platform.model.sessions.slice(known);
    const withWords = () => sessions().filter((session) => session.sentEvents('response.done').length > 0);
    await this.platform.eventually(
      () => withWords().length,
      (ready) => ready >= BURST_CALLS,
      'all calls to be answered',
      LIMIT_MS,
    );
    await Promise.all(calls.map((call) => call.say(words(CALLER_SPEAKS_MS))));
    const trips: number[] = [];
    let answered = 0;
    await this.platform.eventually(
      () => sessions().reduce((sum, session) => sum + tripsOf(session).length, 0),
      (results) => results >= BURST_CALLS * AT_ONCE,
      'a result of each tool call',
      LIMIT_MS,
    );
    for (const session of sessions()) {
      trips.push(...tripsOf(session));
      answered += okResults(session);
    }
    await Promise.all(calls.map(hangUp));
    return { asked: BURST_CALLS * AT_ONCE, answered, spread: spreadOf(trips) };
  }

  /** Look-ups of the other tenant, beside calls of the first that have eight tools at work all the time. */
  async lookUpsBeside(flood: ResponsePlan): Promise<BesideFlood> {
    this.platform.model.behaviour = repeating(flood, Infinity);
    const talks = await this.place(FLOOD_CALLS, DIALLED);
    await sleep(1_000);
    const spread = await this.lookUps(OTHER_NUMBER);
    await Promise.all(talks.map(({ call }) => hangUp(call)));
    const floodCalls = talks.reduce((sum, { session }) => sum + tripsOf(session).length, 0);
    return { spread, floodCalls };
  }

  private async place(
    count: number,
    to: string,
  ): Promise<{ readonly call: SimulatedCall; readonly session: SimulatedSession }[]> {
    const talks = [];
    for (let index = 0; index < count; index += 1) {
      const known = new Set(this.platform.model.sessions);
      const call = this.ring(to);
      const session = await this.platform.model.waitForSession((found) => !known.has(found), {
        timeoutMs: LIMIT_MS,
      });
      talks.push({ call, session });
    }
    return talks;
  }

  private ring(to: string): SimulatedCall {
    this.callers += 1;
    return this.platform.ring({ from: `+1202556${1000 + this.callers}`, to });
  }

  private results(session: SimulatedSession, count: number): Promise<unknown> {
    return this.platform.eventually(
      () => session.receivedEvents('conversation.item.create').filter(isResult).length,
      (results) => results >= count,
      `${count} results of tools`,
      LIMIT_MS,
    );
  }
}

/** Returns the spread of durations in ms, however long they are. */
function spreadOf(durations: readonly number[]): Spread {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return {
    count: sorted.length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    maxMs: at(1),
  };
}

/** A model that says nothing. */
const silent: Behaviour = {
  name: 'silent',
  needsAudio: false,
  open: () => ({ respond: () => ({ steps: [] }) }),
};

/** A model that calls tools again and again, from the beginning or from the caller's first words. */
function repeating(plan: ResponsePlan, times: number, isAsked = false): Behaviour {
  return {
    name: 'repeating-tools',
    needsAudio: false,
    open: () => {
      let planned = 0;
      return {
        respond: ({ context, utterances }) => {
          const isBegun = !isAsked || utterances.length > 0;
          const isDue = isBegun && (planned === 0 || latestToolOutput(context) !== null);
          if (!isDue || planned >= times) return { steps: [{ say: 'Yes.' }] };
          planned += 1;
          return plan;
        },
      };
    },
  };
}

const isResult = (event: object): boolean =>
  (event as { item?: { type?: string } }).item?.type === 'function_call_output';

function okResults(session: SimulatedSession): number {
  const results = session.receivedEvents('conversation.item.create').filter(isResult);
  const byCall = new Map(
    results.map(({ item }) => {
      const { call_id: callId, output } = item as { call_id: string; output: string };
      return [callId, output.startsWith('{"status":"ok"')] as const;
    }),
  );
  return results.length === byCall.size ? [...byCall.values()].filter(Boolean).length : Number.NaN;
}

/** Returns the ms from each tool call of the model to its result. */
function tripsOf(session: SimulatedSession): number[] {
  const calledAt = new Map<unknown, number>();
  const trips: number[] = [];
  for (const { direction, type, event, atMs } of session.events)
    if (direction === 'out' && type === 'response.function_call_arguments.done')
      calledAt.set(event['call_id'], atMs);
    else if (direction === 'in' && type === 'conversation.item.create' && isResult(event)) {
      const at = calledAt.get((event['item'] as { call_id: string }).call_id);
      if (at !== undefined) trips.push(atMs - at);
    }
  return trips;
}

async function hangUp(call: SimulatedCall): Promise<void> {
  call.hangup();
  await call.ended;
}

/** Adds a second tenant with the first one's agent, at a number of its own. */
async function addOtherTenant(platform: RunningPlatform): Promise<void> {
  const [number] = await platform.sql<{ tenant_id: string; agent_id: string }>(
    'SELECT tenant_id, agent_id FROM phone_numbers WHERE e164 = $1',
    DIALLED,
  );
  const { tenant_id: tenant, agent_id: agent } = number!;
  const copy = (table: string, where: string, changes: string) =>
    platform.sql(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(original, ${changes})).* FROM ${table} original ` +
        `WHERE ${where}`,
    );
  const [ids] = await platform.sql<{ tenant: string; agent: string }>(
    'SELECT gen_random_uuid()::text AS tenant, gen_random_uuid()::text AS agent',
  );
  const set = (fields: object) => `'${JSON.stringify(fields)}'::jsonb`;
  await copy('tenants', `id = '${tenant}'`, set({ id: ids!.tenant, slug: 'other' }));
  await copy(
    'agents',
    `id = '${agent}'`,
    set({ id: ids!.agent, tenant_id: ids!.tenant, published_version: null }),
  );
  await copy(
    'agent_versions',
    `agent_id = '${agent}'`,
    set({ agent_id: ids!.agent, tenant_id: ids!.tenant }),
  );
  await platform.sql(
    `UPDATE agents SET published_version = (SELECT max(version) FROM agent_versions WHERE agent_id = $1) ` +
      'WHERE id = $1',
    ids!.agent,
  );
  await platform.sql(
    'INSERT INTO phone_numbers (tenant_id, e164, agent_id, is_always_open) VALUES ($1, $2, $3, true)',
    ids!.tenant,
    OTHER_NUMBER,
    ids!.agent,
  );
}
