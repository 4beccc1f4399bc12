import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  RealtimeSimulator,
  TwilioSimulator,
  type PlaceCallOptions,
  type SimulatedCall,
} from '@tandem/simulators';
import type { EndedCallRecord, Fleet } from '../bench/fleet.ts';
import { carrierCall, type BenchCall } from '../bench/bench-call.ts';
import { simulatedModel } from '../bench/listening-model.ts';
import { StampedVoice } from '../bench/voice/stamped-voice.ts';
import type { RecordedRow } from '../history/entries.ts';

const RELAY = 'plain';
/** Time a process manager takes to restart it. */
const RESTART_MS = 500;

/** One ordinary relay, restarted when it dies, between the same carrier and the same model. */
export class PlainFleet implements Fleet {
  readonly kind = 'plain';
  readonly relays = [RELAY];
  private child: ChildProcess | null = null;
  private port = 0;
  private isStopped = false;

  private constructor(
    readonly twilio: TwilioSimulator,
    readonly model: RealtimeSimulator,
    readonly voice: StampedVoice,
    private readonly modelUrl: string,
    private readonly folder: string,
  ) {}

  static async start(): Promise<PlainFleet> {
    const voice = new StampedVoice();
    const model = new RealtimeSimulator(simulatedModel(voice));
    const { url } = await model.start({});
    const twilio = new TwilioSimulator({ authToken: 'plain', speed: 10 });
    const fleet = new PlainFleet(twilio, model, voice, url, mkdtempSync(join(tmpdir(), 'tandem-plain-')));
    await fleet.launch();
    return fleet;
  }

  place(from: string): Promise<BenchCall> {
    return Promise.resolve(carrierCall(this.ring({ from, isRecording: true })));
  }

  ring(options: Partial<PlaceCallOptions> = {}): SimulatedCall {
    return this.twilio.placeCall({
      from: '+12025550123',
      to: '+12025550100',
      voiceUrl: `http://127.0.0.1:${this.port}/voice`,
      ...options,
    });
  }

  holderOf(callSid: string): Promise<string | null> {
    return Promise.resolve(this.twilio.call(callSid)?.stream ? RELAY : null);
  }

  async signal(_instance: string, signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    child?.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT')
      await new Promise((resolve) =>
        child?.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve(null),
      );
  }

  async restart(): Promise<void> {
    while (this.pidOf() === null) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  pidOf(): number | null {
    return this.child?.pid ?? null;
  }

  loopDelayMs(): Promise<number> {
    return Promise.resolve(Number.NaN);
  }

  callsHeld(): Promise<number> {
    return Promise.resolve(this.twilio.liveCalls.filter(({ stream }) => stream !== null).length);
  }

  recordOf(callSid: string): Promise<EndedCallRecord | null> {
    const rows = existsSync(this.rows)
      ? readFileSync(this.rows, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as { call: string; utterances: RecordedRow[] })
      : [];
    const row = rows.find(({ call }) => call === callSid);
    return Promise.resolve(
      row ? { callId: callSid, events: [], reason: null, utterances: row.utterances, tools: [] } : null,
    );
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.twilio.stop();
    this.child?.kill('SIGKILL');
    await this.model.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get rows(): string {
    return join(this.folder, 'rows.jsonl');
  }

  private async launch(): Promise<void> {
    const child = fork(
      new URL('plain-relay.js', import.meta.url),
      [this.modelUrl, this.rows, String(this.port)],
      { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    );
    this.port = await new Promise<number>((resolve, reject) => {
      child.once('message', ({ port }: { port: number }) => resolve(port));
      child.once('exit', () => reject(new TypeError('The plain relay did not start.')));
    });
    this.child = child;
    child.once('exit', () => {
      this.child = null;
      if (!this.isStopped) setTimeout(() => void this.launch(), RESTART_MS);
    });
  }
}
