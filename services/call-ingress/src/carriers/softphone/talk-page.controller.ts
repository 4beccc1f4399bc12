import { Controller, Get, Inject, Param, Res, UseGuards } from '@nestjs/common';
import { CONFIG, Problem, type ServiceConfig } from '@tandem/platform';
import type { Response } from 'express';
import { PAGE, readPageFiles, talkPage, type PageFile } from './page-files.ts';
import { TalkPageGuard } from './talk-page.guard.ts';

/** The place of the number in the page. */
const NUMBER = '{{number}}';

/** The page on which one talks with the agent, and its scripts. */
@Controller('talk')
@UseGuards(TalkPageGuard)
export class TalkPageController {
  private readonly files = readPageFiles();
  private readonly page: PageFile;
  private readonly policy: string;

  constructor(
    @Inject(CONFIG)
    { publicMediaUrl, talkNumber }: Pick<ServiceConfig<'call-ingress'>, 'publicMediaUrl' | 'talkNumber'>,
  ) {
    const { type, content } = talkPage(this.files);
    this.page = { type, content: content.replaceAll(NUMBER, talkNumber) };
    this.files.delete(PAGE);
    this.policy = contentPolicy(publicMediaUrl);
  }

  @Get()
  talk(@Res() response: Response): void {
    this.send(response, this.page);
  }

  @Get('*path')
  file(@Param('path') path: readonly string[], @Res() response: Response): void {
    const file = this.files.get(path.join('/'));
    if (!file) throw new Problem(404, 'not-found', 'No such file', 'The page has no file of this name.');
    this.send(response, file);
  }

  private send(response: Response, { type, content }: PageFile): void {
    response.setHeader('content-security-policy', this.policy);
    response.setHeader('permissions-policy', 'microphone=(self)');
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('content-type', type);
    response.end(content);
  }
}

/**
 * Returns the page's Content-Security-Policy: nothing from elsewhere, no inline script or style, and sockets
 * to the relays only, where all of them are under one address.
 */
function contentPolicy(publicMediaUrl: string | undefined): string {
  const relays =
    publicMediaUrl && !new URL(publicMediaUrl.replaceAll('{relay}', 'relay')).host.includes('relay')
      ? new URL(publicMediaUrl.replaceAll('{relay}', 'relay')).origin
      : 'ws: wss:';
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self' blob: mediastream:",
    `connect-src 'self' ${relays}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
