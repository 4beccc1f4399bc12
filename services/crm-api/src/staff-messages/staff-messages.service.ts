import { Injectable } from '@nestjs/common';
import type { OpeningHours, TenantId } from '@tandem/contracts';
import { StaffMessageRepository, type Page, type StaffMessage, type Transaction } from '@tandem/database';
import { Problem, tenantNotFound, type Principal } from '@tandem/platform';
import { enquiryOf } from '../enquiries/enquiry.dto.ts';
import { unknownContact } from '../enquiries/unknown-contact.ts';
import { hoursOfDay, resolveWindow, type LocalWindow, type WindowRefusal } from './callback-window.ts';
import type { CreateStaffMessage, ListStaffMessages, UpdateStaffMessage } from './staff-message.dto.ts';

/** Messages that callers and others leave for the staff, and callbacks they ask for. */
@Injectable()
export class StaffMessagesService {
  constructor(private readonly messages: StaffMessageRepository) {}

  /**
   * Stores a message, unless the same tool call has left one: that one is returned.
   * @param key the request's Idempotency-Key; that of a service is the id of the tool call
   * @throws Problem 422 `unknown-contact`, `in-the-past`, `too-far-ahead`, `outside-hours`
   */
  async create(
    transaction: Transaction,
    principal: Principal,
    key: string,
    asked: CreateStaffMessage,
    now: Date,
  ): Promise<{ message: StaffMessage; isNew: boolean }> {
    const { body, urgency, callbackAt, calledNumber = null } = asked;
    const callback =
      callbackAt === undefined
        ? null
        : await this.callbackTime(transaction, principal.tenantId, callbackAt, calledNumber, now);
    const created = await this.messages.create(transaction, {
      ...enquiryOf(asked, principal, key),
      forWhom: asked.forWhom ?? null,
      body,
      urgency,
      isCallbackWanted: asked.callbackWanted ?? callback !== null,
      callbackFrom: callback?.from ?? null,
      callbackUntil: callback?.until ?? null,
    });
    if (created === 'unknown-contact') throw unknownContact();
    return created;
  }

  /** @throws Problem 404 */
  async update(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    change: UpdateStaffMessage,
  ): Promise<StaffMessage> {
    return found(await this.messages.update(transaction, tenantId, id, change));
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, id: string): Promise<StaffMessage> {
    return found(await this.messages.find(tenantId, id));
  }

  list(
    tenantId: TenantId,
    { limit, cursor, callbackWanted: isCallbackWanted, ...filter }: ListStaffMessages,
  ): Promise<Page<StaffMessage>> {
    return this.messages.list(tenantId, { ...filter, isCallbackWanted }, { limit, cursor });
  }

  private async callbackTime(
    transaction: Transaction,
    tenantId: TenantId,
    asked: LocalWindow,
    calledNumber: string | null,
    now: Date,
  ): Promise<{ readonly from: Date; readonly until: Date }> {
    const opening = await this.messages.hoursOn(transaction, tenantId, calledNumber, asked.date);
    if (!opening) throw tenantNotFound();
    const resolved = resolveWindow(asked, opening, now);
    if (typeof resolved === 'string') throw refusal(resolved, asked.date, opening);
    return resolved;
  }
}

const REFUSALS: Readonly<Record<WindowRefusal, readonly [title: string, detail: string]>> = {
  'in-the-past': ['The time is over', 'A callback lies in the future. Give a later time.'],
  'too-far-ahead': ['The time is too far ahead', 'Callbacks are planned up to 60 days ahead.'],
  'outside-hours': [
    'Nobody is there then',
    'A callback begins and ends within the opening hours. `hours` names those of that day.',
  ],
};

function refusal(reason: WindowRefusal, date: string, opening: OpeningHours): Problem {
  const [title, detail] = REFUSALS[reason];
  const extra = reason === 'outside-hours' ? { hours: hoursOfDay(date, opening) } : {};
  return new Problem(422, reason, title, detail, extra);
}

function found(message: StaffMessage | null): StaffMessage {
  if (message) return message;
  throw new Problem(
    404,
    'staff-message-not-found',
    'No such message',
    'There is no message for the staff with this id. Ask for the list.',
  );
}
