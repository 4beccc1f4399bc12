import type { BookingTexts, CallId, MessageChannel, Reminder, TenantId } from '@tandem/contracts';
import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A person who waits for an appointment. */
@Entity({ name: 'waiting_list' })
export class WaitingListRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'service_id', type: 'uuid' }) serviceId!: string;
  /** The only resource that will do; null for any. */
  @Column({ name: 'resource_id', type: 'uuid', nullable: true }) resourceId!: string | null;
  /** Only resources that go there will do; null for any. */
  @Column({ name: 'zone_id', type: 'uuid', nullable: true }) zoneId!: string | null;
  @Column({ name: 'contact_id', type: 'uuid' }) contactId!: string;
  @Column({ type: 'text', nullable: true }) name!: string | null;
  @Column({ type: 'text', default: '' }) notes!: string;
  /** Local days of the business, YYYY-MM-DD. */
  @Column({ name: 'from_date', type: 'date' }) fromDate!: string;
  @Column({ name: 'until_date', type: 'date' }) untilDate!: string;
  @Column({ name: 'part_of_day', type: 'text' }) partOfDay!: 'morning' | 'afternoon' | 'any';
  /** The result of an offer is read from its booking. */
  @Column({ type: 'text', default: 'waiting' }) status!: 'waiting' | 'offered' | 'cancelled';
  /** The hold that was offered. */
  @Column({ name: 'booking_id', type: 'uuid', nullable: true }) bookingId!: string | null;
  @Column({ name: 'offered_at', type: 'timestamptz', precision: 3, nullable: true }) offeredAt!: Date | null;
  @Column({ name: 'call_id', type: 'uuid', nullable: true }) callId!: CallId | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;
}

/** A time of a resource that became free while somebody waited; written by a trigger. */
@Entity({ name: 'freed_times' })
export class FreedTimeRow {
  @PrimaryGeneratedColumn('uuid') id!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ name: 'resource_id', type: 'uuid' }) resourceId!: string;
  @Column({ name: 'starts_at', type: 'timestamptz', precision: 3 }) startsAt!: Date;
  @Column({ name: 'ends_at', type: 'timestamptz', precision: 3 }) endsAt!: Date;
  /** Offers of it that failed. */
  @Column({ type: 'integer', default: 0 }) attempts!: number;
  /** `infinity` for one that is given up. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  nextAttemptAt!: Date;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;
}

/** The notices of a business, its quiet hours, and its offers of the waiting list. */
@Entity({ name: 'booking_settings' })
export class BookingSettingsRow {
  @PrimaryColumn({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** The channel of a confirmation; null for none. */
  @Column({ type: 'text', nullable: true }) confirmation!: MessageChannel | null;
  @Column({ type: 'jsonb' }) reminders!: readonly Reminder[];
  /** Local times of day, HH:MM:SS. */
  @Column({ name: 'quiet_from', type: 'time', precision: 0 }) quietFrom!: string;
  @Column({ name: 'quiet_until', type: 'time', precision: 0 }) quietUntil!: string;
  /** How long an offer of the waiting list is held. */
  @Column({ name: 'offer_minutes', type: 'integer' }) offerMinutes!: number;
  /** The number text messages come from; null for the oldest one. */
  @Column({ name: 'sms_number', type: 'text', nullable: true }) smsNumber!: string | null;
  @Column({ type: 'jsonb' }) texts!: BookingTexts;
  /** Since when these notices are sent: none that was due before is made up for. */
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) since!: Date;
}

/** Notices of one service, in place of those of the business. */
@Entity({ name: 'service_reminders' })
export class ServiceRemindersRow {
  @PrimaryColumn({ name: 'service_id', type: 'uuid' }) serviceId!: string;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  @Column({ type: 'text', nullable: true }) confirmation!: MessageChannel | null;
  @Column({ type: 'jsonb' }) reminders!: readonly Reminder[];
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' }) since!: Date;
}

/** A confirmation or reminder that was sent, or why not: one for each time a booking was given. */
@Entity({ name: 'booking_notices' })
export class BookingNoticeRow {
  @PrimaryColumn({ name: 'booking_id', type: 'uuid' }) bookingId!: string;
  @PrimaryColumn({ type: 'text' }) kind!: 'confirmation' | 'reminder';
  @PrimaryColumn({ name: 'minutes_before', type: 'integer' }) minutesBefore!: number;
  @PrimaryColumn({ type: 'text' }) channel!: MessageChannel;
  /** When the booking was given its time. */
  @PrimaryColumn({ name: 'timed_at', type: 'timestamptz', precision: 3 }) timedAt!: Date;
  @Column({ name: 'tenant_id', type: 'uuid' }) tenantId!: TenantId;
  /** The message; null when none was sent. */
  @Column({ name: 'message_id', type: 'uuid', nullable: true }) messageId!: string | null;
  /** Why none was sent. */
  @Column({ type: 'text', nullable: true }) reason!: string | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
