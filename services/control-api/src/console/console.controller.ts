import { randomBytes } from 'node:crypto';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG, Problem } from '@tandem/platform';
import type { Request, Response } from 'express';
import { CONSOLE_FOLDER } from './console-tokens.ts';
import { ENCODINGS, INDEX, readConsoleFiles, type ConsoleFile } from './console-files.ts';
import { consoleHeaders } from './console-headers.ts';

/** Left by the build in the place of the nonce. */
const NONCE = '{{nonce}}';
const NONCE_BYTES = 18;
const FOREVER = 'public, max-age=31536000, immutable';

/** The page of operators and its files. Every address that is no file is the page, which knows its places. */
@Controller()
@ApiExcludeController()
export class ConsoleController {
  private readonly files: ReadonlyMap<string, ConsoleFile>;
  private readonly isHttps: boolean;

  constructor(
    @Inject(CONSOLE_FOLDER) folder: string,
    @Inject(CONFIG) config: { readonly consoleUrl?: string },
  ) {
    this.files = readConsoleFiles(folder);
    this.isHttps = config.consoleUrl?.startsWith('https:') ?? false;
  }

  @Get()
  start(@Res() response: Response): void {
    response.redirect('/console/');
  }

  @Get('console')
  home(@Req() { path }: Request, @Res() response: Response): void {
    if (path === '/console') response.redirect('/console/');
    else this.sendPage(response);
  }

  @Get('console/*path')
  file(@Param('path') path: readonly string[], @Req() request: Request, @Res() response: Response): void {
    const name = path.join('/');
    const file = this.files.get(name);
    if (file && name !== INDEX) this.sendFile(request, response, file);
    else if (name.startsWith('assets/'))
      throw new Problem(404, 'not-found', 'No such file', 'The console has no file of this name any more.');
    else this.sendPage(response);
  }

  private sendPage(response: Response): void {
    const page = this.files.get(INDEX);
    if (!page)
      throw new Problem(
        404,
        'console-not-built',
        'The console is not here',
        'Its page was not built with this service. Run "npm run build" in the checkout, then start it again.',
      );
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    this.setHeaders(response, nonce);
    response.set({ 'Content-Type': page.type, 'Cache-Control': 'no-store' });
    response.end(page.content.toString('utf8').replaceAll(NONCE, nonce));
  }

  private sendFile(request: Request, response: Response, file: ConsoleFile): void {
    const accepted = request.acceptsEncodings(...ENCODINGS);
    const encoding = ENCODINGS.find((each) => each === accepted && file.compressed[each]);
    this.setHeaders(response, null);
    response.set({
      'Content-Type': file.type,
      'Cache-Control': file.isHashed ? FOREVER : 'no-cache',
      Vary: 'Accept-Encoding',
      ...(encoding ? { 'Content-Encoding': encoding } : {}),
    });
    response.end(encoding ? file.compressed[encoding] : file.content);
  }

  private setHeaders(response: Response, nonce: string | null): void {
    // Set for all answers of the service; here it follows the public address.
    response.removeHeader('Strict-Transport-Security');
    response.set(consoleHeaders(nonce, this.isHttps));
  }
}
