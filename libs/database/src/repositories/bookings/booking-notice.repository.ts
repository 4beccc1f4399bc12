import { appointmentSubject, appointmentText, shortMessage, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { acrossTenants, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { BookingNoticeRow } from '../../entities/calendar.entities.ts';
import { claimNotice, findDueNotices, type DueNotice } from '../../queries/booking-notices.ts';
import { without } from '../../rows/without.ts';
import { MessageRepository } from '../messages/message.repository.ts';

export type BookingNotice = Readonly<Omit<BookingNoticeRow, 'tenantId'>>;

/** Notices of one booking that are returned. */
const MOST = 100;

/** Confirmations and reminders of appointments. */
export class BookingNoticeRepository {
  private readonly messages: MessageRepository;

  constructor(private readonly dataSource: DataSource) {
    this.messages = new MessageRepository(dataSource);
  }

  /** Returns notices whose time has come, those of the soonest appointments first. */
  due(now: Date, limit: number): Promise<DueNotice[]> {
    return acrossTenants(this.dataSource, 'due-work', (manager) => findDueNotices(manager, now, limit));
  }

  /**
   * Stores the message of a notice, to be sent like any other, or why there is none: once, whatever runs at
   * the same moment.
   * @param mailAddress our own; null when e-mail is not set up
   * @returns `settled` when it was sent or left out before, or its booking is no longer as it was
   */
  settle(notice: DueNotice, mailAddress: string | null): Promise<'stored' | 'left-out' | 'settled'> {
    return transact(this.dataSource, notice.tenantId, async (transaction) => {
      if (!(await claimNotice(transaction, notice))) return 'settled';
      const stored = await this.store(transaction, notice, mailAddress);
      const { bookingId, kind, minutesBefore, channel, timedAt } = notice;
      await transaction.update(
        BookingNoticeRow,
        { bookingId, kind, minutesBefore, channel, timedAt },
        stored,
      );
      return 'messageId' in stored ? 'stored' : 'left-out';
    });
  }

  /** Returns the notices of a booking, the first one first. */
  async ofBooking(tenantId: TenantId, bookingId: string): Promise<BookingNotice[]> {
    const rows = await run(this.dataSource, tenantId, (manager) =>
      manager.find(BookingNoticeRow, {
        where: { tenantId, bookingId },
        order: { createdAt: 'ASC', minutesBefore: 'DESC' },
        take: MOST,
      }),
    );
    return rows.map((row) => without(row, 'tenantId'));
  }

  private async store(
    transaction: Transaction,
    { tenantId, kind, channel, facts, texts, contact, isSuperseded }: DueNotice,
    mailAddress: string | null,
  ): Promise<{ messageId: string } | { reason: string }> {
    if (isSuperseded) return { reason: 'nearer-reminder' };
    if (!contact) return { reason: 'no-contact' };
    if (contact.isDenied) return { reason: 'consent-denied' };
    const isMail = channel === 'email';
    const ownAddress = isMail ? mailAddress : facts.number;
    if (ownAddress === null) return { reason: isMail ? 'mail-not-set-up' : 'no-number' };
    const party = isMail ? contact.email : contact.phone;
    if (party === null) return { reason: 'no-email' };
    const text = appointmentText(kind, facts, texts);
    const message = await this.messages.create(transaction, {
      tenantId,
      channel,
      ownAddress,
      party,
      ...(isMail ? { subject: appointmentSubject(facts) } : {}),
      body: isMail ? text : shortMessage(text),
      callId: null,
      toolCallId: null,
    });
    return typeof message === 'string' ? { reason: message } : { messageId: message.id };
  }
}
