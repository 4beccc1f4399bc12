import type { CallId, MessageChannel, MessageStatus, TenantId, ToolCallId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A message to or from somebody outside. */
@Entity({ name: 'messages' })
export class MessageRow {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** The conversation of one party and one of our addresses. */
  @Column({ name: 'thread_id', type: 'uuid' }) threadId!: string;
  @Column({ type: 'text' }) direction!: 'inbound' | 'outbound';
  @Column({ type: 'text' }) channel!: MessageChannel;
  /** Our number, or our e-mail address. */
  @Column({ name: 'own_address', type: 'text' }) ownAddress!: string;
  /** The other party's, in its normal form. */
  @Column({ type: 'text' }) party!: string;
  /** The subject of an e-mail; empty for a text message. */
  @Column({ type: 'text', default: '' }) subject!: string;
  @Column({ type: 'text' }) body!: string;
  /** Pictures and other files that came with it. */
  @Column({ name: 'media_count', type: 'smallint', default: 0 }) mediaCount!: number;
  @Column({ type: 'text' }) status!: MessageStatus;
  /** Why it got this status: our word, or the provider's code. */
  @Column({ type: 'text', nullable: true }) reason!: string | null;
  /** The provider's account it came over; the answer goes the same way. */
  @Column({ name: 'account_id', type: 'text', nullable: true }) accountId!: string | null;
  @Column({ name: 'provider_id', type: 'text', nullable: true }) providerId!: string | null;
  /** The received message this one answers. */
  @Column({ name: 'answers_id', type: 'uuid', nullable: true }) answersId!: string | null;
  @Column({ name: 'call_id', type: 'uuid', nullable: true }) callId!: CallId | null;
  @Column({ name: 'tool_call_id', type: 'text', nullable: true }) toolCallId!: ToolCallId | null;
  /** When its job is put into the queue again; null when none is due. */
  @Column({ name: 'due_at', type: 'timestamptz', precision: 3, nullable: true }) dueAt!: Date | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt!: Date;
  @Column({ name: 'changed_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) changedAt!: Date;
}

/** Whether a party wants text messages from one of our numbers; without a row they are allowed. */
@Entity({ name: 'message_optouts' })
export class MessageOptOutRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @PrimaryColumn({ name: 'own_address', type: 'text' }) ownAddress!: string;
  @PrimaryColumn({ type: 'text' }) party!: string;
  @Column({ type: 'text' }) state!: 'out' | 'in';
  /** `message`: the party wrote it. `carrier`: the carrier refused a message because of it. */
  @Column({ type: 'text' }) source!: 'message' | 'carrier';
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) at!: Date;
}
