import { randomUUID } from 'node:crypto';
import { isLaterStatus, type SentStatus, type TenantId, type ToolCallId } from '@tandem/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { acrossTenants, narrowTo, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import type {
  IncomingMessage,
  Message,
  MessageFilter,
  MessageParties,
  MessageReport,
  OutgoingMessage,
} from '../../entities/message.ts';
import { MessageRow } from '../../entities/message.entities.ts';
import { lockName } from '../../queries/locks.ts';
import {
  countAnswers,
  findStuck,
  findThread,
  isOptedOut,
  storeConsent,
  takeDue,
  threadLock,
  type DueMessage,
} from '../../queries/messages.ts';
import { newestFirst, startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { without } from '../../rows/without.ts';
import { writeEvent } from '../webhooks/outbox.ts';
import { receivedEvent, statusEvent } from './message-event.ts';

/** A message later than this begins a new thread. */
const THREAD_MS = 12 * 3_600_000;
/** Most answers in one thread: two machines that answer each other stop here. */
const MOST_ANSWERS = 30;
/** How long a job put into the queue by its writer may take before it is put there again. */
const JOB_REST_MS = 20_000;

type Unsent = Partial<MessageRow> & Pick<MessageRow, 'direction' | 'status' | 'body'>;

/** Messages of a tenant, and the consent of those who get them. */
export class MessageRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Stores a message that came in, and what it says about consent before all else. Null when this message
   * was stored before. One with the status `received` awaits an answer.
   */
  receive(incoming: IncomingMessage): Promise<Message | null> {
    return transact(this.dataSource, incoming.tenantId, async (transaction) => {
      await lockName(transaction, threadLock(incoming));
      const { channel, providerId } = incoming;
      if (await transaction.existsBy(MessageRow, { channel, providerId })) return null;
      if (incoming.consent === 'stop') await storeConsent(transaction, incoming, 'out', 'message');
      if (incoming.consent === 'start') await storeConsent(transaction, incoming, 'in', 'message');
      const threadId = await this.threadOf(transaction, incoming);
      const reason = await this.refusalOf(transaction, incoming, threadId);
      const message = await insert(transaction, incoming, {
        direction: 'inbound',
        threadId,
        body: incoming.body,
        mediaCount: incoming.mediaCount,
        accountId: incoming.accountId,
        providerId,
        status: reason === null ? 'received' : 'closed',
        reason,
        dueAt: reason === null ? new Date(Date.now() + JOB_REST_MS) : null,
      });
      if (message) await writeEvent(transaction, receivedEvent(message));
      return message;
    });
  }

  /**
   * Stores a message to send. `opted-out`: its receiver wants none; `too-many`: its call has sent as many as
   * it may. Nothing was stored then.
   */
  async create(
    transaction: Transaction,
    outgoing: OutgoingMessage,
    mostInCall = Infinity,
  ): Promise<Message | 'opted-out' | 'too-many'> {
    const { tenantId, toolCallId, body, subject = '', callId, channel } = outgoing;
    if (callId !== null) await lockName(transaction, `messages-of-call:${callId}`);
    await lockName(transaction, threadLock(outgoing));
    const earlier = toolCallId && (await this.ofToolCall(transaction, tenantId, toolCallId));
    if (earlier) return earlier;
    const isOfCall = { tenantId, direction: 'outbound' } as const;
    if (callId !== null && (await transaction.countBy(MessageRow, { ...isOfCall, callId })) >= mostInCall)
      return 'too-many';
    if (channel === 'sms' && (await isOptedOut(transaction, outgoing))) return 'opted-out';
    const threadId = await this.threadOf(transaction, outgoing);
    const values = { direction: 'outbound', status: 'queued', dueAt: new Date() } as const;
    const stored = await insert(transaction, outgoing, {
      ...values,
      threadId,
      subject,
      body,
      callId,
      toolCallId,
    });
    // Only another thread's message of the same tool call can be in the way, and it is committed.
    return stored ?? (await this.ofToolCall(transaction, tenantId, toolCallId as ToolCallId))!;
  }

  /** Stores a message as {@link create} does, in a transaction of its own. */
  store(outgoing: OutgoingMessage, mostInCall: number): Promise<Message | 'opted-out' | 'too-many'> {
    return transact(this.dataSource, outgoing.tenantId, (transaction) =>
      this.create(transaction, outgoing, mostInCall),
    );
  }

  /**
   * Stores the answer to a received message, to be sent to where it came from. Null when the message is
   * settled already, or the answer is there.
   */
  answer(tenantId: TenantId, messageId: string, body: string): Promise<Message | null> {
    return transact(this.dataSource, tenantId, async (transaction) => {
      const asked = await this.held(transaction, tenantId, messageId);
      if (asked?.status !== 'received') return null;
      await transaction.update(MessageRow, { id: messageId }, settled('answered', null));
      return insert(transaction, asked, {
        direction: 'outbound',
        threadId: asked.threadId,
        body,
        accountId: asked.accountId,
        answersId: asked.id,
        callId: asked.callId,
        status: 'queued',
        dueAt: new Date(Date.now() + JOB_REST_MS),
      });
    });
  }

  /** Returns the answer to a received message; null when it has none. */
  async answerTo(tenantId: TenantId, messageId: string): Promise<Message | null> {
    const row = await run(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(MessageRow, { tenantId, answersId: messageId }),
    );
    return row && toMessage(row);
  }

  /** Stores that a received message gets no answer. */
  async close(tenantId: TenantId, messageId: string, reason: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.update(MessageRow, { tenantId, id: messageId, status: 'received' }, settled('closed', reason)),
    );
  }

  async find(tenantId: TenantId, id: string): Promise<Message | null> {
    const row = await run(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(MessageRow, { tenantId, id }),
    );
    return row && toMessage(row);
  }

  /** Returns the latest messages of a thread up to one of them, in the order they were written. */
  async thread({ tenantId, threadId, createdAt, id }: Message, limit: number): Promise<Message[]> {
    const rows = await run(this.dataSource, tenantId, (manager) =>
      manager
        .createQueryBuilder(MessageRow, 'message')
        .where('message.tenantId = :tenantId AND message.threadId = :threadId', { tenantId, threadId })
        .andWhere('(message.createdAt, message.id) <= (:createdAt, :id)', { createdAt, id })
        // What was closed or never left us is no part of what the two said to each other.
        .andWhere(`message.status NOT IN ('closed', 'failed', 'suppressed')`)
        .orderBy('message.createdAt', 'DESC')
        .addOrderBy('message.id', 'DESC')
        .take(limit)
        .getMany(),
    );
    return rows.reverse().map(toMessage);
  }

  /**
   * Claims a queued message for being handed to its provider: the one place before every sending, and it asks
   * for consent. Null when there is nothing to send: it was sent, is being sent, or its receiver wants none.
   */
  claim(tenantId: TenantId, messageId: string): Promise<Message | null> {
    return transact(this.dataSource, tenantId, async (transaction) => {
      const queued = await transaction.findOneBy(MessageRow, { tenantId, id: messageId });
      if (queued?.direction !== 'outbound') return null;
      await lockName(transaction, threadLock(queued));
      const message = await this.held(transaction, tenantId, messageId);
      if (message?.status !== 'queued') return null;
      const isUnwanted = message.channel === 'sms' && (await isOptedOut(transaction, message));
      if (!isUnwanted) return this.change(transaction, message, { status: 'sending' });
      await this.change(transaction, message, { status: 'suppressed', reason: 'opted-out' });
      return null;
    });
  }

  /** Puts a message back whose provider certainly did not take it; the next attempt claims it again. */
  async release(tenantId: TenantId, messageId: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.update(
        MessageRow,
        { tenantId, id: messageId, status: 'sending' },
        { status: 'queued', dueAt: new Date(Date.now() + JOB_REST_MS), changedAt: () => 'now()' },
      ),
    );
  }

  /** Stores the outcome of handing a message over; a report that came before counts if it is later. */
  settle(tenantId: TenantId, messageId: string, report: MessageReport): Promise<void> {
    return transact(this.dataSource, tenantId, async (transaction) => {
      const message = await this.held(transaction, tenantId, messageId);
      if (message?.direction === 'outbound') await this.apply(transaction, message, report);
    });
  }

  /** Stores that the carrier refuses messages to this receiver, because they wrote so to it. */
  refusedByReceiver(tenantId: TenantId, messageId: string): Promise<void> {
    return transact(this.dataSource, tenantId, async (transaction) => {
      const message = await this.held(transaction, tenantId, messageId);
      if (message?.direction !== 'outbound') return;
      await storeConsent(transaction, message, 'out', 'carrier');
      await this.apply(transaction, message, { status: 'suppressed', reason: 'opted-out' });
    });
  }

  /**
   * Applies a provider's report. `unknown`: no such message of ours, or one the provider knows by another id.
   * `unchanged`: the message is further on its way already.
   * @param accountId the provider's account that reports; must be the one it was sent over
   */
  report(
    messageId: string,
    accountId: string,
    report: MessageReport & { readonly providerId: string },
  ): Promise<'applied' | 'unchanged' | 'unknown'> {
    return acrossTenants(this.dataSource, 'lookup', async (transaction) => {
      const message = await transaction.findOne(MessageRow, {
        where: { id: messageId, direction: 'outbound' },
        lock: { mode: 'pessimistic_write' },
      });
      if (!message || !fits(message, accountId, report.providerId)) return 'unknown';
      await narrowTo(transaction, message.tenantId);
      return (await this.apply(transaction, message, report)) ? 'applied' : 'unchanged';
    });
  }

  /** Returns messages whose job must be put into the queue; they are due again after `againMs`. */
  due(limit: number, againMs: number): Promise<DueMessage[]> {
    return acrossTenants(this.dataSource, 'due-work', (manager) => takeDue(manager, limit, againMs));
  }

  /**
   * Settles messages that waited too long, and those whose worker was lost while it handed them over: they
   * are never sent a second time. Returns how many.
   */
  async settleStuck(
    limit: number,
    times: { readonly waitingMs: number; readonly sendingMs: number },
  ): Promise<number> {
    const stuck = await acrossTenants(this.dataSource, 'due-work', (manager) =>
      findStuck(manager, limit, times),
    );
    for (const { tenantId, id, status } of stuck) {
      if (status === 'received') await this.close(tenantId, id, 'expired');
      else if (status === 'queued') await this.settle(tenantId, id, { status: 'failed', reason: 'expired' });
      else await this.settle(tenantId, id, { status: 'uncertain', reason: 'worker-lost' });
    }
    return stuck.length;
  }

  /** Newest first. @throws CursorMalformed */
  async list(
    tenantId: TenantId,
    { callId, party, channel }: MessageFilter,
    page: PageRequest,
  ): Promise<Page<Message>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) => {
      const messages = manager
        .createQueryBuilder(MessageRow, 'message')
        .where('message.tenantId = :tenantId', { tenantId });
      if (callId !== undefined) messages.andWhere('message.callId = :callId', { callId });
      if (party !== undefined) messages.andWhere('message.party = :party', { party });
      if (channel !== undefined) messages.andWhere('message.channel = :channel', { channel });
      return newestFirst(messages, 'createdAt', start, page.limit);
    });
    return toPageByTime(found, page.limit, toMessage);
  }

  private async refusalOf(
    transaction: Transaction,
    incoming: IncomingMessage,
    threadId: string,
  ): Promise<string | null> {
    if (incoming.consent !== null) return `consent-${incoming.consent}`;
    if (incoming.refusal !== null) return incoming.refusal;
    if (incoming.channel === 'sms' && (await isOptedOut(transaction, incoming))) return 'opted-out';
    return (await countAnswers(transaction, incoming.tenantId, threadId)) >= MOST_ANSWERS
      ? 'thread-full'
      : null;
  }

  private async threadOf(transaction: Transaction, parties: MessageParties): Promise<string> {
    return (await findThread(transaction, parties, THREAD_MS)) ?? randomUUID();
  }

  private async ofToolCall(
    transaction: Transaction,
    tenantId: TenantId,
    toolCallId: ToolCallId,
  ): Promise<Message | null> {
    const row = await transaction.findOneBy(MessageRow, { tenantId, toolCallId });
    return row && toMessage(row);
  }

  private async held(transaction: Transaction, tenantId: TenantId, id: string): Promise<MessageRow | null> {
    return transaction.findOne(MessageRow, {
      where: { tenantId, id },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** Returns whether the message got further. */
  private async apply(
    transaction: Transaction,
    message: MessageRow,
    report: MessageReport,
  ): Promise<boolean> {
    const isLater = isLaterStatus(report.status, message.status as SentStatus);
    if (!isLater && (message.providerId !== null || !report.providerId)) return false;
    // Its id is worth keeping from a report that is late otherwise.
    await this.change(
      transaction,
      message,
      isLater ? report : { ...report, status: message.status as SentStatus },
    );
    return isLater;
  }

  /** Returns the message as changed. Its event is written unless the message only left the queue. */
  private async change(
    transaction: Transaction,
    message: MessageRow,
    { status, reason = null, providerId }: MessageReport,
  ): Promise<Message> {
    const isMove = status !== message.status;
    await transaction.update(
      MessageRow,
      { id: message.id },
      {
        ...settled(status, isMove ? reason : message.reason),
        ...(status === 'sending' ? { dueAt: () => 'now()' } : {}),
        ...(providerId ? { providerId } : {}),
      },
    );
    const changed = toMessage(await transaction.findOneByOrFail(MessageRow, { id: message.id }));
    if (isMove && status !== 'sending') await writeEvent(transaction, statusEvent(changed));
    return changed;
  }
}

function settled(status: Message['status'], reason: string | null) {
  return { status, reason, dueAt: null, changedAt: () => 'now()' };
}

function fits(message: MessageRow, accountId: string, providerId: string): boolean {
  const isSameAccount = message.accountId === null || accountId === '' || message.accountId === accountId;
  return isSameAccount && (message.providerId === null || message.providerId === providerId);
}

/** Returns the message as stored; null when one is there already by a unique key. */
async function insert(
  manager: EntityManager,
  { tenantId, channel, ownAddress, party }: MessageParties,
  values: Unsent,
): Promise<Message | null> {
  const inserted = await manager
    .createQueryBuilder()
    .insert()
    .into(MessageRow)
    .values(storable({ tenantId, channel, ownAddress, party, ...values }))
    .orIgnore()
    .returning(['id'])
    .execute();
  const [row] = inserted.raw as { id: string }[];
  return row ? toMessage(await manager.findOneByOrFail(MessageRow, { id: row.id })) : null;
}

const toMessage = (row: MessageRow): Message => without(row, 'dueAt');
