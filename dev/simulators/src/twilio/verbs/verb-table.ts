import { dial } from './dial-verb.ts';
import { enqueue } from './enqueue-verb.ts';
import { hangup, leave, message, redirect, reject } from './flow-verbs.ts';
import { gather } from './gather-verb.ts';
import { pause, play, say } from './speech-verbs.ts';
import { connect, start, stop } from './stream-verbs.ts';
import type { Verb } from './verb-run.ts';

/** The verbs the simulator runs; other verbs of TwiML are skipped with a warning by the schema check. */
export const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['Say', say],
  ['Play', play],
  ['Pause', pause],
  ['Gather', gather],
  ['Connect', connect],
  ['Start', start],
  ['Stop', stop],
  ['Dial', dial],
  ['Enqueue', enqueue],
  ['Leave', leave],
  ['Redirect', redirect],
  ['Hangup', hangup],
  ['Reject', reject],
  ['Message', message],
  ['Sms', message],
]);
