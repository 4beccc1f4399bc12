/*
 * Replies of call-ingress about a softphone's call: what the browser does next. `POST /softphone/calls`
 * starts a call or asks again about a waiting one; `POST /softphone/calls/next` asks after a stream.
 */

/** The next step, as call-ingress renders it. */
export type CallStep =
  /** Open the stream at `url`, show `ticket` in its first message, and ask with `stream` when it is over. */
  | {
      readonly action: 'connect';
      readonly url: string;
      readonly ticket: string;
      readonly stream: string;
      /** Shown and read out before the stream is opened. */
      readonly notice?: StepText;
    }
  /** Ask again after `seconds`, with `progress` as it came. */
  | {
      readonly action: 'wait';
      readonly seconds: number;
      readonly progress: string;
      readonly text?: StepText;
    }
  /** A person would be rung now. A browser has nobody to ring: ask with `stream`, and the agent returns. */
  | { readonly action: 'transfer'; readonly stream: string }
  /** The call is not taken, or cannot go on; the text says why. */
  | { readonly action: 'refuse'; readonly text: StepText }
  | { readonly action: 'hang-up' };

export interface StepText {
  readonly text: string;
  /** BCP 47. */
  readonly language: string;
}

/** Body of a reply of `/softphone/calls`. */
export interface CallReply {
  /** Signed; stands for the call in every further question. */
  readonly call: string;
  readonly step: CallStep;
}

/** Body of `POST /softphone/calls`. */
export interface CallRequest {
  /** The dialled number in E.164; absent for the number of the talk page. */
  readonly to?: string | undefined;
  /** The caller's number in E.164, if they want to be known by it. It is not verified. */
  readonly from?: string | undefined;
  /** From an earlier reply: this call waits and asks again. */
  readonly call?: string | undefined;
  readonly progress?: string | undefined;
}

/** Body of `POST /softphone/calls/next`. */
export interface NextRequest {
  readonly call: string;
  /** From the step that began what is over now. */
  readonly stream: string;
  readonly after: 'stream' | 'transfer';
}
