import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { AdmissionRecord } from '@tandem/call-state';
import { RealClock, type CallerStream, type CallLog } from '@tandem/conversation';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { openVault, RecordedStream, type Vault } from '@tandem/recordings';
import { RelayMetrics } from '../metrics/relay-metrics.ts';

const UPLOAD_INTERVAL_MS = 5 * 60_000;

/** Creates the recorders of calls and uploads recordings that an earlier attempt left behind. */
@Injectable()
export class CallRecordings implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(CallRecordings.name);
  private readonly vault: Vault | null;
  private timer: NodeJS.Timeout | undefined;

  /** @throws VaultUnusable, KeyFileUnusable */
  constructor(
    @Inject(CONFIG) config: ServiceConfig<'media-relay'>,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
    @Inject(RealClock) private readonly clock: RealClock,
  ) {
    this.vault = openVault(config);
  }

  onModuleInit(): void {
    void this.uploadPending();
    this.timer = setInterval(() => void this.uploadPending(), UPLOAD_INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Returns the recorder of a call, or null when it is not to be recorded. */
  recorderFor(
    {
      callId,
      tenantId,
      agent,
      admittedAt,
    }: Pick<AdmissionRecord, 'callId' | 'tenantId' | 'agent' | 'admittedAt'>,
    stream: CallerStream,
    log: CallLog,
  ): RecordedStream | null {
    if (!this.vault || agent.recording.mode === 'off') return null;
    const { store, keys } = this.vault;
    return new RecordedStream(stream, {
      tenantId,
      store,
      keys,
      atMs: () => Math.max(0, Math.round(this.clock.wallTime() - admittedAt)),
      record: (event) => log.append(event),
      onFailure: (error) => {
        this.metrics.counters.recordingsFailed.inc();
        this.logger.error({ callId, err: error }, 'recording failed; call continues unrecorded');
      },
    });
  }

  private async uploadPending(): Promise<void> {
    try {
      const sent = (await this.vault?.uploadPending()) ?? 0;
      if (sent > 0) this.logger.log({ sent }, 'pending recordings uploaded');
    } catch (error) {
      this.metrics.counters.recordingsFailed.inc();
      this.logger.warn({ err: error }, 'pending recordings not uploaded; trying again later');
    }
  }
}
