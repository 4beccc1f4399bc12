import { randomUUID } from 'node:crypto';
import type { CallEntry, CallReport } from '../call/call-report.ts';
import type { SimulatedCall } from '../call/simulated-call.ts';
import type { Dialplan } from '../dialplan/dialplan.ts';
import {
  AsteriskSimulator,
  type AsteriskSimulatorOptions,
  loadDialplan,
  readDialplan,
} from '../asterisk-simulator.ts';
import type { PlaceCallOptions } from '../place-call-options.ts';
import { SHIPPED_DIALPLAN } from '../reference/shipped-dialplan.ts';
import { FakeIngress } from './fake-ingress.ts';
import { FakeRelay } from './fake-relay.ts';

export const SECRET = 'a-secret-for-specs';

/** An Asterisk, a relay and an ingress; waiting and ringing at a hundred times real time. */
export class PbxBench {
  readonly ingress: FakeIngress;
  readonly relay: FakeRelay;
  readonly pbx: AsteriskSimulator;

  private constructor(ingress: FakeIngress, relay: FakeRelay, pbx: AsteriskSimulator) {
    this.ingress = ingress;
    this.relay = relay;
    this.pbx = pbx;
  }

  static async open(options: AsteriskSimulatorOptions = {}): Promise<PbxBench> {
    const ingress = new FakeIngress();
    const relay = new FakeRelay();
    await Promise.all([ingress.start(), relay.start()]);
    const pbx = new AsteriskSimulator({ speed: 100, ...options });
    await pbx.start();
    return new PbxBench(ingress, relay, pbx);
  }

  async close(): Promise<void> {
    await this.pbx.stop();
    await Promise.all([this.ingress.stop(), this.relay.stop()]);
  }

  /** The dialplan that is shipped, asking this ingress. The PBX has a name: ids are the channels' own. */
  shipped(globals: Readonly<Record<string, string>> = {}): Promise<Dialplan> {
    return loadDialplan(SHIPPED_DIALPLAN, {
      TANDEM_URL: this.ingress.url,
      TANDEM_SECRET: SECRET,
      TANDEM_PBX: 'bench',
      ...globals,
    });
  }

  /** Calls with these lines as the extension `s`; the first one without its priority. */
  dial(lines: readonly string[], options: Partial<PlaceCallOptions> = {}): SimulatedCall {
    const [first = 'NoOp()', ...rest] = lines;
    const steps = [`exten => s,1,${first}`, ...rest.map((line) => ` same => n,${line}`)];
    return this.call({ dialplan: readDialplan(['[test]', ...steps].join('\n')), ...options });
  }

  call(options: Partial<PlaceCallOptions> = {}): SimulatedCall {
    return this.pbx.placeCall({
      from: '+12025550123',
      to: '+14155550199',
      context: 'test',
      extension: 's',
      ...options,
    });
  }

  /** An answer that connects the call to this bench's relay. */
  connect(token = 'token-1'): string {
    return `connect,${this.relay.address},${randomUUID()},${token}`;
  }
}

export function entries<K extends CallEntry['kind']>(
  report: CallReport,
  kind: K,
): Extract<CallEntry, { kind: K }>[] {
  return report.timeline.filter((entry) => entry.kind === kind) as Extract<CallEntry, { kind: K }>[];
}
