import type {
  CallId,
  ConsentWord,
  MessageChannel,
  SentStatus,
  TenantId,
  ToolCallId,
} from '@tandem/contracts';
import type { MessageRow } from './message.entities.ts';

export type Message = Readonly<Omit<MessageRow, 'dueAt'>>;

/** The two ends of a thread. */
export interface MessageParties {
  readonly tenantId: TenantId;
  readonly channel: MessageChannel;
  readonly ownAddress: string;
  readonly party: string;
}

/** A message that came in. */
export interface IncomingMessage extends MessageParties {
  readonly body: string;
  readonly mediaCount: number;
  readonly accountId: string | null;
  /** The provider's id: the same message is taken once. */
  readonly providerId: string;
  /** The word about consent in it; stored before anything else is decided. */
  readonly consent: ConsentWord | null;
  /** Why it gets no answer; null for one that may. */
  readonly refusal: string | null;
}

/** A message of ours that no received one asked for. */
export interface OutgoingMessage extends MessageParties {
  readonly subject?: string;
  readonly body: string;
  readonly callId: CallId | null;
  /** Once per tool call. */
  readonly toolCallId: ToolCallId | null;
}

/** A provider's report about a message of ours, or the outcome of handing it over. */
export interface MessageReport {
  readonly status: SentStatus;
  readonly reason?: string | null;
  readonly providerId?: string | null;
  /** The provider's account it was sent over. */
  readonly accountId?: string;
}

export interface MessageFilter {
  readonly callId?: CallId | undefined;
  readonly party?: string | undefined;
  readonly channel?: MessageChannel | undefined;
}
