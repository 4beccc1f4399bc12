import type { DuplicateWebhooks, Fallback } from '../documents/document-source.ts';
import type { StreamFault } from '../stream/stream-faults.ts';
import type { FormFields } from '../webhook/signature.ts';
import type { HttpMethod } from '../webhook/webhook-request.ts';
import type { CallListener } from './call-journal.ts';
import type { CallbackFaults, StatusCallbackConfig } from './status-callbacks.ts';

export interface PlaceCallOptions {
  /** The caller: E.164, `sip:…`, `client:…`, or a word such as `anonymous`. */
  readonly from: string;
  readonly to: string;
  /** The "A call comes in" URL of the called number; a fragment may set timeouts and retries. */
  readonly voiceUrl: string;
  readonly voiceMethod?: HttpMethod;
  readonly fallback?: Fallback;
  readonly statusCallback?: StatusCallbackConfig;
  readonly callbackFaults?: CallbackFaults;
  readonly duplicates?: DuplicateWebhooks;
  /** Overrides or adds fields of every request. By default one undocumented field is sent. */
  readonly extraFields?: FormFields;
  readonly streamFaults?: readonly StreamFault[];
  readonly timeLimitMs?: number;
  readonly isRecording?: boolean;
  readonly maxRecordingMs?: number;
  /** Called with every entry of the timeline. */
  readonly onEvent?: CallListener;
}
