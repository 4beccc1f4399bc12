import { connectRedis, type CallStore } from '@tandem/call-state';
import type { ApiObject, Cluster } from '@tandem/commands/cluster';
import { callStoreOf, CALLER, DIALLED, publishDemoAgent, type StoredCall } from '@tandem/commands/platform';
import { acrossTenants, createDataSource, seedDemo, type DataSource } from '@tandem/database';
import type { PlaceCallOptions, RealtimeSimulator, SimulatedCall, TwilioSimulator } from '@tandem/simulators';
import { carrierCall, type BenchCall } from '../bench/bench-call.ts';
import { endedCallRecord } from '../bench/ended-call.ts';
import type { EndedCallRecord, Fleet } from '../bench/fleet.ts';
import type { StampedVoice } from '../bench/voice/stamped-voice.ts';
import { AGENT } from '../bench/tandem-fleet.ts';
import { NAMESPACE, TANDEM_SECRET, VOICE_HOST } from './release.ts';

const API_KEY = `tk_${'t'.repeat(43)}`;

interface Sides {
  readonly twilio: TwilioSimulator;
  readonly model: RealtimeSimulator;
  readonly voice: StampedVoice;
}

/** A release in a cluster, with callers who come through its edge. */
export class ClusterFleet implements Fleet {
  readonly kind = 'tandem';
  readonly twilio: TwilioSimulator;
  readonly model: RealtimeSimulator;
  readonly voice: StampedVoice;
  readonly records: CallStore;
  /** Pods of relays, as they are now. */
  relays: readonly string[] = [];

  private constructor(
    readonly cluster: Cluster,
    sides: Sides,
    private readonly redis: ReturnType<typeof connectRedis>,
    private readonly database: DataSource,
    private readonly controlApi: string,
  ) {
    this.twilio = sides.twilio;
    this.model = sides.model;
    this.voice = sides.voice;
    this.records = callStoreOf(redis, TANDEM_SECRET);
  }

  /** Fills in tenant "demo", and reaches the servers by their Services, control-api by its pod. */
  static async open(cluster: Cluster, sides: Sides): Promise<ClusterFleet> {
    const services = await cluster.list('services');
    const addressOf = (name: string) =>
      services.find(({ metadata }) => metadata.name === name)?.spec?.clusterIP ?? '';
    const redis = connectRedis(`redis://${addressOf('redis')}:6379`, 'command');
    const url = `postgres://postgres@${addressOf('postgres')}:5432/tandem`;
    const database = await createDataSource({ url, poolSize: 3 }).initialize();
    await seedDemo(database, { model: 'openai-realtime', apiKey: API_KEY });
    await publishDemoAgent(database, AGENT);
    const [api] = await podsOf(cluster, 'control-api');
    const fleet = new ClusterFleet(cluster, sides, redis, database, `http://${api?.status?.podIP}:8083`);
    await fleet.lookUpRelays();
    return fleet;
  }

  /** Returns the pods of relays, those that are told to go included. */
  async lookUpRelays(): Promise<readonly ApiObject[]> {
    const pods = await podsOf(this.cluster, 'media-relay');
    this.relays = pods.map(({ metadata }) => metadata.name).sort();
    return pods;
  }

  place(from: string): Promise<BenchCall> {
    return Promise.resolve(carrierCall(this.ring({ from, isRecording: true })));
  }

  ring(options: Partial<PlaceCallOptions> = {}): SimulatedCall {
    return this.twilio.placeCall({
      from: CALLER,
      to: DIALLED,
      voiceUrl: `https://${VOICE_HOST}/twilio/voice`,
      statusCallback: { url: `https://${VOICE_HOST}/twilio/status` },
      ...options,
    });
  }

  async holderOf(callSid: string): Promise<string | null> {
    const callId = await this.records.findByCarrierId(callSid);
    const state = callId && (await this.records.state(callId));
    return state?.phase === 'connected' ? state.relayId : null;
  }

  recordOf(callSid: string): Promise<EndedCallRecord | null> {
    return endedCallRecord(
      {
        records: this.records,
        ask: async (path) => {
          const response = await fetch(this.controlApi + path, {
            headers: { authorization: `Bearer ${API_KEY}` },
          });
          return (await response.json()) as StoredCall;
        },
        sql: (text, ...parameters) =>
          acrossTenants(this.database, 'installation', (manager) =>
            manager.query<{ id: string }[]>(text, parameters),
          ),
      },
      callSid,
    );
  }

  /** Deletes the pod, which its StatefulSet makes anew; resolves when it is gone. */
  async signal(pod: string): Promise<void> {
    await this.cluster.kubectl(['--namespace', NAMESPACE, 'delete', 'pod', pod]);
  }

  async restart(pod: string): Promise<void> {
    await this.cluster.kubectl(['--namespace', NAMESPACE, 'wait', '--for=condition=Ready', `pod/${pod}`]);
  }

  /** Not measured in a cluster. */
  loopDelayMs(): Promise<number> {
    return Promise.resolve(Number.NaN);
  }

  callsHeld(): Promise<number> {
    return Promise.resolve(Number.NaN);
  }

  pidOf(): number | null {
    return null;
  }

  async stop(): Promise<void> {
    await this.database.destroy();
    this.redis.disconnect();
  }
}

async function podsOf(cluster: Cluster, component: string): Promise<readonly ApiObject[]> {
  const pods = await cluster.list(`namespaces/${NAMESPACE}/pods`);
  return pods.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === component);
}
