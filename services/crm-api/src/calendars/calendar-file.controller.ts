import { createHash } from 'node:crypto';
import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { Endpoint } from '@tandem/platform';
import { feedParameterSchema, type FeedParameter } from './calendar-feed.dto.ts';
import { CalendarFeeds } from './calendar-feeds.service.ts';

/** The part of a response that is used here. */
interface FileResponse {
  setHeader(name: string, value: string): void;
  status(code: number): FileResponse;
  end(body?: string): void;
}

/** Serves feeds. The address holds the token, which is the secret: no API key is needed. */
@Controller('v1/calendars')
@ApiTags('calendars')
export class CalendarFileController {
  constructor(private readonly feeds: CalendarFeeds) {}

  @Get(':token.ics')
  @ApiProduces('text/calendar')
  @Endpoint({
    summary: 'The bookings of a resource as iCalendar',
    description: 'Needs no API key: the token in the address is the secret.',
    success: [{ status: 200 }, { status: 304, description: 'Nothing changed since If-None-Match.' }],
    problems: { 404: '`no-such-calendar`', 429: '`too-many-requests`' },
  })
  async read(
    @Param({ schema: feedParameterSchema }) { token }: FeedParameter,
    @Headers('if-none-match') known: string | undefined,
    @Res() response: FileResponse,
  ): Promise<void> {
    const text = await this.feeds.read(token, Date.now());
    const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    response.setHeader('ETag', tag);
    response.setHeader('Cache-Control', 'private, max-age=120');
    if (isKnown(known, tag)) return response.status(304).end();
    response.setHeader('Content-Type', 'text/calendar; charset=utf-8');
    response.setHeader('Content-Disposition', 'attachment; filename="bookings.ics"');
    response.status(200).end(text);
  }
}

function isKnown(header: string | undefined, tag: string): boolean {
  const tags = (header ?? '').split(',').map((part) => part.trim().replace(/^W\//, ''));
  return tags.includes(tag) || tags.includes('*');
}
