import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import {
  CallHandovers,
  CallStore,
  connectRedis,
  RelayRegistry,
  Sealer,
  StreamKeys,
} from '@tandem/call-state';
import { someCall } from '@tandem/call-state/testing';
import type { CallId, RelayId } from '@tandem/contracts';
import { Metrics, type PostCallQueue, type ServiceConfig } from '@tandem/platform';
import {
  readDialplan,
  startAsteriskSimulator,
  type AsteriskSimulator,
  type SimulatedAsteriskCall,
} from '@tandem/simulators';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { CallbackTokens } from '../../../callbacks/callback-tokens.ts';
import { AsteriskCarrier } from '../adapter/asterisk-carrier.ts';
import { AsteriskControl } from '../adapter/asterisk-control.ts';
import { StreamOffers } from '../../../relays/stream-offer.ts';
import { IngressMetrics } from '../../../runtime/ingress-metrics.ts';
import { DepartmentDial } from '../../../transfer/department-dial.ts';
import { CallEndings } from '../../../recovery/call-endings.ts';
import { CallRecovery } from '../../../recovery/call-recovery.ts';
import { CallRescue } from '../../../recovery/call-rescue.service.ts';

/** A caller on a relay that hangs; then the place a redirect goes to. */
const DIALPLAN = readDialplan(`
[test]
exten => s,1,Answer()
 same => n,Dial(AudioSocket/\${RELAY}/00000000-0000-4000-8000-000000000001/c(slin),,g)
 same => n,Goto(tandem-next,s,1)
[tandem-next]
exten => s,1,Wait(600)
`);
const NOBODY = 'ami://tandem:ami-secret@127.0.0.1:9';
const [first, second] = ['relay-1', 'relay-2'] as [RelayId, RelayId];
const LEASE = { capacity: 3, active: 0, isDraining: false, isOverloaded: false, revision: '', startedAt: 1 };

let redis: Redis;
let sealer: Sealer;
let calls: CallStore;
let handovers: CallHandovers;
let relays: RelayRegistry;
let pbx: AsteriskSimulator;
let relay: Server;
const sockets = new Set<Socket>();
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  redis = connectRedis(await testRedisUrl(), 'command');
  sealer = new Sealer([{ keyId: 'k1', key: new Uint8Array(32).fill(1) }]);
  const contact = { connectedForMs: Number.POSITIVE_INFINITY, disconnected: () => undefined };
  calls = new CallStore(redis, sealer, contact);
  handovers = new CallHandovers(redis, sealer);
  relays = new RelayRegistry(redis);
  relay = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
});
let heartbeats: NodeJS.Timeout;
beforeEach(async () => {
  await redis.flushdb();
  heartbeats = setInterval(() => void renewRelays(), 500);
  pbx = await startAsteriskSimulator({ speed: 50 });
});
afterEach(async () => {
  clearInterval(heartbeats);
  for (const stop of stops.splice(0)) await stop();
  await pbx.stop();
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => relay.close(() => resolve()));
  redis.disconnect();
});

/** One call-ingress that rescues calls, with these control interfaces of PBXs. Returns what stops it. */
function ingress(asteriskControl: { pbx: string; url: string }[]): () => Promise<void> {
  const config = {
    secrets: ['0123456789abcdef0123456789abcdef'],
    asteriskControl,
  } as unknown as ServiceConfig<'call-ingress'>;
  const metrics = new IngressMetrics(new Metrics('call-ingress'));
  const control = new AsteriskControl(config);
  const tokens = new CallbackTokens(config, metrics);
  const carriers = { asterisk: new AsteriskCarrier(new StreamKeys(redis), tokens, control) };
  const queue = { enqueue: () => Promise.resolve() } as unknown as PostCallQueue;
  const endings = new CallEndings(calls, queue, metrics);
  const departments = new DepartmentDial(handovers, carriers);
  const offers = new StreamOffers(config, relays);
  const recovery = new CallRecovery(calls, handovers, offers, departments, endings, carriers, metrics);
  const rescue = new CallRescue(carriers, calls, handovers, recovery, endings, metrics);
  rescue.onApplicationBootstrap();
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    await rescue.beforeApplicationShutdown();
    control.onApplicationShutdown();
  };
  stops.push(stop);
  return stop;
}

/** A caller of the PBX whose relay hangs with the stream open. */
async function silentCall(pbxName = ''): Promise<{ callId: CallId; caller: SimulatedAsteriskCall }> {
  const { port } = relay.address() as { port: number };
  const dialplan = DIALPLAN.withGlobals({ RELAY: `127.0.0.1:${port}` });
  const caller = pbx.placeCall({
    from: '+12025550123',
    to: '+14155550199',
    context: 'test',
    extension: 's',
    dialplan,
  });
  await caller.journal.first('bridged');
  const { uniqueId } = caller.channel;
  const record = someCall({
    channel: 'asterisk',
    to: '+14155550199',
    carrierCallId: pbxName === '' ? uniqueId : `${pbxName}/${uniqueId}`,
  });
  await renewRelays();
  await calls.admit(record, first, 'x', 60_000);
  await calls.claim(record.callId, first, 1, -1_000);
  return { callId: record.callId, caller };
}
async function renewRelays(): Promise<void> {
  for (const relayId of [first, second])
    await relays.renew({ relayId, address: `ws://${relayId}`, audioSocket: '127.0.0.1:9092', ...LEASE }, []);
}
const redirects = (caller: SimulatedAsteriskCall) =>
  caller.report().timeline.flatMap((entry) => (entry.kind === 'redirected' ? [entry.to] : []));
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
const working = () => `ami://tandem:ami-secret@127.0.0.1:${pbx.amiPort}`;

describe('a call of a silent relay', () => {
  it('that one ingress could not redirect is redirected by another, with the same next relay', async () => {
    const { callId, caller } = await silentCall();
    const stop = ingress([{ pbx: '', url: NOBODY }]);
    await until(async () => (await calls.state(callId))?.lastOfferedEpoch === 2);
    await stop();
    expect(redirects(caller)).toEqual([]);
    const told = await handovers.earlierReply(callId, 1, 'stream-ended');
    ingress([{ pbx: '', url: working() }]);
    await until(() => redirects(caller).length > 0);
    expect(redirects(caller)).toEqual(['tandem-next,s,1']);
    await until(async () => (await redis.zcard('tandem:calls:rescues')) === 0);
    expect(await calls.state(callId)).toMatchObject({ phase: 'connected', lastOfferedEpoch: 2 });
    expect(await handovers.earlierReply(callId, 1, 'stream-ended')).toBe(told);
  });

  it('is redirected by the ingress that failed before, once the PBX answers again', async () => {
    const { caller } = await silentCall();
    pbx.ami.faults.isSilent = true;
    ingress([{ pbx: '', url: working() }]);
    await until(async () => (await redis.zcard('tandem:calls:rescues')) === 1);
    pbx.ami.faults.isSilent = false;
    pbx.ami.cut();
    await until(() => redirects(caller).length > 0);
    expect(redirects(caller)).toEqual(['tandem-next,s,1']);
  });

  it('is left alone where its PBX has no control interface, though another PBX has', async () => {
    const without = await silentCall('pbx2');
    const rescued = await silentCall('pbx1');
    ingress([{ pbx: 'pbx1', url: working() }]);
    await until(() => redirects(rescued.caller).length > 0);
    expect(await calls.state(without.callId)).toMatchObject({ phase: 'connected', lastOfferedEpoch: 1 });
    expect(redirects(without.caller)).toEqual([]);
  });
});
