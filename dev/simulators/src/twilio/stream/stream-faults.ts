import type { Clock } from '@tandem/kit';
import { LineFaults, type LineFault, type Timed } from '../../faults/line-faults.ts';
import type { MediaStream } from './media-stream.ts';

type OwnFault =
  /** The connection breaks with a reset. */
  | { readonly kind: 'cut' }
  /** Texts that are no messages. */
  | { readonly kind: 'malformed'; readonly texts: readonly string[] }
  /** Number of media messages that are lost: a gap in the sequence numbers. */
  | { readonly kind: 'lose'; readonly messages: number }
  /** Number of marks that never come back. */
  | { readonly kind: 'lose-marks'; readonly marks: number }
  /** Marks come back up to `holdMs` late, in bunches. */
  | { readonly kind: 'bunch-marks'; readonly holdMs: number; readonly bunches: number }
  /** Every message comes twice. */
  | { readonly kind: 'duplicate'; readonly forMs: number };

/** A fault of a Media Stream. */
export type StreamFault = Timed<LineFault | OwnFault>;
export type StreamFaults = LineFaults<OwnFault>;

/**
 * Texts a receiver must survive: broken JSON, wrong types, unknown events, numbers out of bounds, deep
 * nesting.
 */
export const MALFORMED_MESSAGES: readonly string[] = [
  '',
  '{',
  'null',
  '[]',
  '42',
  '"media"',
  '{"event":null}',
  '{"event":"media"}',
  '{"event":"media","media":null}',
  '{"event":"media","media":{"payload":17}}',
  '{"event":"media","media":{"payload":"%%%not base64%%%"}}',
  '{"event":"media","sequenceNumber":"-1",' +
    '"media":{"track":"inbound","chunk":"NaN","timestamp":"1e999","payload":""}}',
  '{"event":"dtmf","dtmf":{"track":"inbound_track","digit":"99"}}',
  '{"event":"mark","mark":{}}',
  '{"event":"__proto__","constructor":{"prototype":{"polluted":true}}}',
  '{"event":"start"}',
  '['.repeat(2000) + ']'.repeat(2000),
  '\u0000\uffff',
];

/** Returns the faults of one stream, to which some can be added. */
export function faultsOf(stream: MediaStream, clock: Clock): StreamFaults {
  return new LineFaults<OwnFault>(stream, clock, (fault, faults) => {
    switch (fault.kind) {
      case 'cut':
        return stream.cut();
      case 'malformed':
        for (const text of fault.texts) stream.sendRaw(text);
        return;
      case 'lose':
        stream.mediaToLose += fault.messages;
        return;
      case 'lose-marks':
        stream.marksToLose += fault.marks;
        return;
      case 'bunch-marks':
        return bunchMarks(stream, faults, fault.holdMs, fault.bunches);
      case 'duplicate':
        stream.isDuplicating = true;
        return faults.after(fault.forMs, () => (stream.isDuplicating = false));
    }
  });
}

function bunchMarks(stream: MediaStream, faults: StreamFaults, holdMs: number, bunches: number): void {
  if (bunches <= 0) return;
  stream.holdMarks();
  faults.after(holdMs, () => {
    stream.releaseMarks();
    bunchMarks(stream, faults, holdMs, bunches - 1);
  });
}
