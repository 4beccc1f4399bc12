import type { Clock } from '@tandem/kit';
import { LineFaults, type LineFault, type Timed } from '../../faults/line-faults.ts';
import type { AudioSocketLeg } from './audiosocket-leg.ts';

type OwnFault =
  /** Asterisk closes this leg: a FIN. */
  | { readonly kind: 'fin' }
  /** The connection breaks with a reset. */
  | { readonly kind: 'reset' }
  /** A FIN, and then nothing: Asterisk's half stays open. */
  | { readonly kind: 'half-close' }
  /** Asterisk is gone without a FIN. */
  | { readonly kind: 'vanish' }
  /** Frames come in pieces of `pieceBytes`. */
  | { readonly kind: 'split'; readonly pieceBytes: number; readonly forMs: number }
  /** Bytes that are no frame of a call. */
  | { readonly kind: 'raw'; readonly bytes: Uint8Array };

/** A fault of an AudioSocket connection. */
export type LegFault = Timed<LineFault | OwnFault>;

/** A fault of the introduction of a connection. */
export type OpeningFault =
  | { readonly kind: 'late-uuid'; readonly delayMs: number }
  /** A UUID that nobody gave out, or that of another call. */
  | { readonly kind: 'other-uuid'; readonly uuid: string }
  | { readonly kind: 'no-uuid' };

/** Returns the faults of one leg, to which some can be added. */
export function legFaults(leg: AudioSocketLeg, clock: Clock): LineFaults<OwnFault> {
  return new LineFaults<OwnFault>(leg, clock, (fault, faults) => {
    switch (fault.kind) {
      case 'fin':
        return leg.close('fault');
      case 'reset':
        return leg.reset();
      case 'half-close':
        return leg.halfClose();
      case 'vanish':
        return leg.vanish();
      case 'split':
        leg.pieceBytes = fault.pieceBytes;
        return faults.after(fault.forMs, () => (leg.pieceBytes = 0));
      case 'raw':
        return leg.sendRaw(fault.bytes);
    }
  });
}
