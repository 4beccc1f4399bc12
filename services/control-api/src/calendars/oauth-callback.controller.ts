import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { Endpoint } from '@tandem/platform';
import { CalendarAuthorization } from './calendar-authorization.service.ts';
import { oauthCallbackSchema, type OAuthCallback } from './calendar-connection.dto.ts';

/** Where providers send the owners of calendars back to. The signed state stands for an API key. */
@Controller('oauth/calendar')
@ApiTags('calendar-connections')
export class OAuthCallbackController {
  constructor(private readonly authorization: CalendarAuthorization) {}

  @Get('callback')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  @ApiProduces('text/plain')
  @Endpoint({
    summary: 'The end of an authorization, opened by the browser of the owner',
    success: { description: 'The calendar is connected.' },
    problems: {
      400: '`authorization-state-refused`',
      404: '`calendar-connection-not-found`',
      422: '`authorization-failed`, `provider-not-set-up`',
    },
  })
  async finish(@Query({ schema: oauthCallbackSchema }) query: OAuthCallback): Promise<string> {
    await this.authorization.finish(query);
    return 'The calendar is connected. You can close this window.\n';
  }
}
