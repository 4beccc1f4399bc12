import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import type { AddressInfo, Server } from 'node:net';

/** The address carriers reach us under: the configured one, else our own on loopback. */
@Injectable()
export class PublicBaseUrl {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'call-ingress'>, 'publicBaseUrl'>,
    private readonly host: HttpAdapterHost,
  ) {}

  get value(): string {
    if (this.config.publicBaseUrl) return this.config.publicBaseUrl;
    const address = (this.host.httpAdapter.getHttpServer() as Server).address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }
}
