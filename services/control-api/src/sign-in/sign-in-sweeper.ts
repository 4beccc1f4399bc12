import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SignInRepository } from '@tandem/database';
import { CONFIG, FaultLog, RecurringTask, type ServiceConfig } from '@tandem/platform';

const EVERY_MS = 600_000;

/** Deletes sessions and links that have ended, and old failed attempts. It runs in every replica. */
@Injectable()
export class SignInSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task: RecurringTask;

  constructor(repository: SignInRepository, @Inject(CONFIG) config: ServiceConfig<'control-api'>) {
    const limits = { idleMs: config.sessionIdleS * 1_000, longestMs: config.sessionLongestS * 1_000 };
    const faults = new FaultLog(new Logger(SignInSweeper.name), 'delete ended sessions');
    this.task = new RecurringTask(EVERY_MS, () => repository.purge(limits), faults);
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }
}
