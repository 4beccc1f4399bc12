import type {
  CallId,
  LeadSource,
  LeadStage,
  StaffMessageState,
  TenantId,
  ToolCallId,
  Urgency,
} from '@tandem/contracts';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A person who may become a customer, and what they want. */
@Entity({ name: 'leads' })
export class LeadRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'contact_id', type: 'uuid', nullable: true }) contactId!: string | null;
  /** The person's name, as it was said. */
  @Column({ type: 'text', nullable: true }) name!: string | null;
  @Column({ type: 'text' }) summary!: string;
  @Column({ type: 'text' }) source!: LeadSource;
  @Column({ type: 'text' }) urgency!: Urgency;
  @Column({ type: 'text' }) stage!: LeadStage;
  @Column({ name: 'call_id', type: 'uuid', nullable: true }) callId!: CallId | null;
  @Column({ name: 'tool_call_id', type: 'text', nullable: true }) toolCallId!: ToolCallId | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) updatedAt!: Date;
}

/** A message that somebody left for the staff, with or without a request to be called back. */
@Entity({ name: 'staff_messages' })
export class StaffMessageRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'contact_id', type: 'uuid', nullable: true }) contactId!: string | null;
  /** The name of the person who left it, as it was said. */
  @Column({ type: 'text', nullable: true }) name!: string | null;
  /** Key of a department, or a person or team in free words; null for anyone. */
  @Column({ name: 'for_whom', type: 'text', nullable: true }) forWhom!: string | null;
  @Column({ type: 'text' }) body!: string;
  @Column({ type: 'text' }) urgency!: Urgency;
  @Column({ name: 'is_callback_wanted', type: 'boolean' }) isCallbackWanted!: boolean;
  /** When the callback suits; both null for any time. */
  @Column({ name: 'callback_from', type: 'timestamptz', precision: 3, nullable: true })
  callbackFrom!: Date | null;
  @Column({ name: 'callback_until', type: 'timestamptz', precision: 3, nullable: true })
  callbackUntil!: Date | null;
  @Column({ type: 'text', default: 'open' }) state!: StaffMessageState;
  @Column({ name: 'call_id', type: 'uuid', nullable: true }) callId!: CallId | null;
  @Column({ name: 'tool_call_id', type: 'text', nullable: true }) toolCallId!: ToolCallId | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'done_at', type: 'timestamptz', precision: 3, nullable: true }) doneAt!: Date | null;
}
