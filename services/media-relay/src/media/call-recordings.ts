import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { AdmissionRecord } from '@tandem/call-state';
import { RealClock, type CallerStream, type CallLog, type RecordingControl } from '@tandem/conversation';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { openVault, RecordedStream, type Vault } from '@tandem/recordings';
import { RelayMetrics } from '../metrics/relay-metrics.ts';

const UPLOAD_INTERVAL_MS = 5 * 60_000;

/**
 * Puts a recorder between a call and its stream, where this deployment keeps recordings and the agent wants
 * one.
 */
@Injectable()
export class CallRecordings implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(CallRecordings.name);
  private readonly clock = new RealClock((error) =>
    this.logger.error({ err: error }, 'a timer of the recordings failed'),
  );
  private readonly vault: Vault | null;
  private timer: NodeJS.Timeout | undefined;

  /** @throws VaultUnusable, KeyFileUnusable */
  constructor(
    @Inject(CONFIG) config: ServiceConfig<'media-relay'>,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
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

  /** The stream as the call is to use it. */
  wrap(
    { callId, tenantId, agent, admittedAt }: AdmissionRecord,
    stream: CallerStream,
    log: CallLog,
  ): { readonly stream: CallerStream; readonly recording?: RecordingControl } {
    if (!this.vault || agent.recording.mode === 'off') return { stream };
    const { store, keys } = this.vault;
    const recorded = new RecordedStream(stream, {
      tenantId,
      store,
      keys,
      atMs: () => Math.max(0, Math.round(this.clock.wallTime() - admittedAt)),
      record: (fact) => log.append(fact),
      onFailure: (error) => {
        this.metrics.counters.recordingsFailed.inc();
        this.logger.error({ callId, err: error }, 'a recording failed; the call goes on without it');
      },
    });
    return { stream: recorded, recording: recorded };
  }

  private async uploadPending(): Promise<void> {
    try {
      const sent = (await this.vault?.uploadPending()) ?? 0;
      if (sent > 0) this.logger.log({ sent }, 'recordings that had waited are in the bucket');
    } catch (error) {
      this.metrics.counters.recordingsFailed.inc();
      this.logger.warn({ err: error }, 'recordings still wait to be sent to the bucket');
    }
  }
}
