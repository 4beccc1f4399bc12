import type { FrameSpacing, SpacingReport } from './frame-spacing.ts';

export type LegEndCause =
  /** No address of the relay took the connection. */
  | 'connect-failed'
  /** FIN on a frame boundary. */
  | 'closed-by-relay'
  /** A frame of type 0x00. */
  | 'hung-up-by-relay'
  /** FIN inside a frame. */
  | 'cut-in-frame'
  | 'connection-reset'
  | 'protocol-error'
  /** A frame did not go out with one write: the relay does not read. */
  | 'short-write'
  /** The application only: two seconds without anything from either side. */
  | 'idle'
  /** Asterisk closed: the caller hung up, was redirected, or the dial was over. */
  | 'closed-by-asterisk'
  /** A fault of the simulator. */
  | 'fault';

export interface LegEnd {
  readonly cause: LegEndCause;
  readonly detail: string;
}

/** AudioSocket as an application or a channel, or the WebSocket channel. */
export type LegForm = 'application' | 'channel' | 'websocket';

/** Report of one connection to a relay. Times in ms from the start of the call. */
export interface LegReport {
  readonly form: LegForm;
  /** As the dialplan had it: `host:port`, or the name of a WebSocket connection. */
  readonly address: string;
  /** Empty on a WebSocket. */
  readonly uuid: string;
  readonly codec: string;
  readonly rateHz: number;
  readonly openedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly end: LegEnd | null;
  readonly framesSent: number;
  readonly digitsSent: number;
  /** Keys a release without digits dropped. */
  readonly digitsDropped: number;
  readonly framesReceived: number;
  readonly bytesReceived: number;
  /** Ms of audio received, by its bytes and rate. */
  readonly receivedMs: number;
  /** Arrivals of the relay's frames. */
  readonly spacing: SpacingReport;
}

interface LegNames {
  readonly form: LegForm;
  readonly address: string;
  readonly uuid: string;
  readonly codec: { readonly name: string; readonly rateHz: number };
}

/** The counters of one leg. */
export class LegLog {
  private readonly names: LegNames;
  private readonly spacing: FrameSpacing;
  openedAtMs: number | null = null;
  endedAtMs: number | null = null;
  end: LegEnd | null = null;
  framesSent = 0;
  digitsSent = 0;
  digitsDropped = 0;
  framesReceived = 0;
  bytesReceived = 0;
  receivedMs = 0;

  constructor(names: LegNames, spacing: FrameSpacing) {
    this.names = names;
    this.spacing = spacing;
  }

  report(): LegReport {
    const { form, address, uuid, codec } = this.names;
    const { openedAtMs, endedAtMs, end, framesSent, digitsSent, digitsDropped } = this;
    const { framesReceived, bytesReceived, receivedMs } = this;
    return {
      form,
      address,
      uuid,
      codec: codec.name,
      rateHz: codec.rateHz,
      openedAtMs,
      endedAtMs,
      end,
      framesSent,
      digitsSent,
      digitsDropped,
      framesReceived,
      bytesReceived,
      receivedMs,
      spacing: this.spacing.report(),
    };
  }
}
