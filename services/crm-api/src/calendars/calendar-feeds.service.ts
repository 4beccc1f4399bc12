import { Injectable } from '@nestjs/common';
import { toCalendarEvent, writeCalendar } from '@tandem/calendars';
import type { TenantId } from '@tandem/contracts';
import { CalendarFeedRepository, type CalendarFeed, type Transaction } from '@tandem/database';
import { Problem } from '@tandem/platform';
import { resourceNotFound } from '../catalogue/resources.service.ts';
import type { PutFeed } from './calendar-feed.dto.ts';
import { FeedLimit } from './feed-limit.ts';
import { FeedTokens, hashOf } from './feed-tokens.ts';

/** The calendars of resources, for programs that subscribe to them. */
@Injectable()
export class CalendarFeeds {
  private readonly limit = new FeedLimit();

  constructor(
    private readonly feeds: CalendarFeedRepository,
    private readonly tokens: FeedTokens,
  ) {}

  /** @throws Problem 404 `resource-not-found`, `calendar-feed-not-found` */
  async get(tenantId: TenantId, resourceId: string): Promise<{ feed: CalendarFeed; path: string | null }> {
    const feed = await this.feeds.find(tenantId, resourceId);
    if (feed === 'not-found') throw resourceNotFound();
    if (feed === null) throw feedNotFound();
    const token = this.tokens.show(feed);
    return { feed, path: token === null ? null : `/v1/calendars/${token}.ics` };
  }

  /** @throws Problem 404 `resource-not-found` */
  async put(
    transaction: Transaction,
    tenantId: TenantId,
    resourceId: string,
    { detail }: PutFeed,
  ): Promise<CalendarFeed> {
    const token = this.tokens.create(resourceId);
    const feed = await this.feeds.put(transaction, tenantId, resourceId, detail, token);
    if (feed === 'not-found') throw resourceNotFound();
    return feed;
  }

  /** @throws Problem 404 `calendar-feed-not-found` */
  async rotate(transaction: Transaction, tenantId: TenantId, resourceId: string): Promise<void> {
    const token = this.tokens.create(resourceId);
    if (!(await this.feeds.rotate(transaction, tenantId, resourceId, token))) throw feedNotFound();
  }

  /** @throws Problem 404 `calendar-feed-not-found` */
  async delete(transaction: Transaction, tenantId: TenantId, resourceId: string): Promise<void> {
    if (!(await this.feeds.delete(transaction, tenantId, resourceId))) throw feedNotFound();
  }

  /** Returns a feed as iCalendar text. @throws Problem 404 `no-such-calendar`, 429 `too-many-requests` */
  async read(token: string, nowMs: number): Promise<string> {
    const waitS = this.limit.take(token, nowMs);
    if (waitS > 0) throw tooManyRequests(waitS);
    const feed = await this.feeds.read(hashOf(token));
    if (!feed) throw noSuchCalendar();
    const { resourceName, detail, bookings } = feed;
    return writeCalendar(
      resourceName,
      bookings.map((booking) => toCalendarEvent(booking, detail)),
    );
  }
}

const feedNotFound = () =>
  new Problem(
    404,
    'calendar-feed-not-found',
    'No such feed',
    'The resource has no calendar feed. Put one to make it.',
  );

const noSuchCalendar = () =>
  new Problem(
    404,
    'no-such-calendar',
    'No such calendar',
    'There is no calendar at this address, or its address was changed. Ask the business for the new one.',
  );

const tooManyRequests = (waitS: number) =>
  new Problem(
    429,
    'too-many-requests',
    'Too many requests',
    'This calendar was read too often. Ask every few minutes, and again after Retry-After seconds.',
    {},
    { 'Retry-After': String(waitS) },
  );
