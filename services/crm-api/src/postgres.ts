import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { createDataSource, databaseProblem, keepConnecting, type DataSource } from '@tandem/database';
import { CONFIG, Readiness, type ServiceConfig } from '@tandem/platform';

/** How long the start waits for the database before the port opens without it. */
const START_WAIT_MS = 3_000;

/**
 * The connection pool of this process. The service starts without a database too: it is not ready, answers 503, and
 * goes on trying.
 */
@Injectable()
export class Postgres implements OnModuleInit, OnApplicationShutdown {
  readonly dataSource: DataSource;
  private readonly logger = new Logger('Database');
  private readonly stopping = new AbortController();

  constructor(
    @Inject(CONFIG) config: ServiceConfig<'crm-api'>,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {
    this.dataSource = createDataSource({ url: config.databaseUrl, poolSize: config.databasePoolSize });
  }

  async onModuleInit(): Promise<void> {
    this.readiness.register('postgres', () => databaseProblem(this.dataSource));
    const connected = keepConnecting(this.dataSource, {
      signal: this.stopping.signal,
      onFault: ({ code }) => this.logger.warn({ code }, 'cannot connect to PostgreSQL yet; trying again'),
    });
    await Promise.race([connected, sleep(START_WAIT_MS, undefined, { ref: false })]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
