import type {
  CallId,
  LeadSource,
  LeadStage,
  StaffMessageState,
  TenantId,
  ToolCallId,
  Urgency,
} from '@tandem/contracts';

/** The person of an enquiry, as stored. */
export interface EnquirerContact {
  readonly id: string;
  readonly phone: string;
  readonly name: string | null;
}

/** The person behind a new enquiry: a contact, or the number of one, which is created if there is none. */
export interface Enquirer {
  readonly contactId: string | null;
  /** E.164. */
  readonly contactPhone: string | null;
  /** The name, as it was said. */
  readonly name: string | null;
}

/** Where a new enquiry comes from. */
export interface EnquiryOrigin {
  readonly callId: CallId | null;
  /** The tool call that made it, which makes one at most; null for none. */
  readonly toolCallId: ToolCallId | null;
}

export interface Lead {
  readonly id: string;
  readonly contact: EnquirerContact | null;
  readonly name: string | null;
  readonly summary: string;
  readonly source: LeadSource;
  readonly urgency: Urgency;
  readonly stage: LeadStage;
  readonly callId: CallId | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewLead extends Enquirer, EnquiryOrigin {
  readonly tenantId: TenantId;
  readonly summary: string;
  readonly source: LeadSource;
  readonly urgency: Urgency;
  readonly stage: LeadStage;
}

/** Fields to change: absent fields stay, null empties. */
export interface LeadChange {
  readonly contactId?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly summary?: string | undefined;
  readonly urgency?: Urgency | undefined;
  readonly stage?: LeadStage | undefined;
}

export interface LeadFilter {
  readonly contactPhone?: string | undefined;
  readonly stage?: LeadStage | undefined;
  readonly urgency?: Urgency | undefined;
}

export interface StaffMessage {
  readonly id: string;
  readonly contact: EnquirerContact | null;
  readonly name: string | null;
  /** Key of a department, or a person or team in free words; null for anyone. */
  readonly forWhom: string | null;
  readonly body: string;
  readonly urgency: Urgency;
  readonly isCallbackWanted: boolean;
  /** When the callback suits; both null for any time. */
  readonly callbackFrom: Date | null;
  readonly callbackUntil: Date | null;
  readonly state: StaffMessageState;
  readonly callId: CallId | null;
  readonly createdAt: Date;
  readonly doneAt: Date | null;
  /** The tenant's, IANA name. */
  readonly timeZone: string;
}

export interface NewStaffMessage extends Enquirer, EnquiryOrigin {
  readonly tenantId: TenantId;
  readonly forWhom: string | null;
  readonly body: string;
  readonly urgency: Urgency;
  readonly isCallbackWanted: boolean;
  readonly callbackFrom: Date | null;
  readonly callbackUntil: Date | null;
}

/** Fields to change: absent fields stay, null empties. */
export interface StaffMessageChange {
  readonly forWhom?: string | null | undefined;
  readonly urgency?: Urgency | undefined;
  readonly state?: StaffMessageState | undefined;
}

export interface StaffMessageFilter {
  readonly contactPhone?: string | undefined;
  readonly forWhom?: string | undefined;
  readonly state?: StaffMessageState | undefined;
  readonly urgency?: Urgency | undefined;
  readonly isCallbackWanted?: boolean | undefined;
}
