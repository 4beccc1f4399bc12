import { Controller, Get, Header, Res } from '@nestjs/common';
import type { Response } from 'express';
import { described } from '../http/api-description.ts';
import { Health, type HealthResponse } from './health.ts';

/** Liveness, on every port: it reveals nothing else. */
@Controller()
@described(({ ApiTags }) => [ApiTags('health')])
export class AliveController {
  constructor(private readonly health: Health) {}

  @Get('healthz')
  @Header('Cache-Control', 'no-store')
  alive(@Res() response: Response): void {
    send(response, this.health.alive());
  }
}

/** Readiness and metrics on the service's own port, where MANAGEMENT_PORT is not set. */
@Controller()
@described(({ ApiTags }) => [ApiTags('health')])
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get('readyz')
  @Header('Cache-Control', 'no-store')
  async ready(@Res() response: Response): Promise<void> {
    send(response, await this.health.ready());
  }

  @Get('metrics')
  async scrape(@Res() response: Response): Promise<void> {
    send(response, await this.health.scrape());
  }
}

function send(response: Response, { status, type, body }: HealthResponse): void {
  response.status(status).type(type).send(body);
}
