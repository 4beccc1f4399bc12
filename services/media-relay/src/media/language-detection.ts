import { Worker } from 'node:worker_threads';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { LanguageDetector } from '@tandem/conversation';

export interface DetectionRequest {
  readonly id: number;
  readonly text: string;
  readonly candidates: readonly string[];
}

interface DetectionResult {
  readonly id: number;
  readonly language: string | null;
}

/** Requests waiting for a result; further ones resolve to null. A detection takes less than a millisecond. */
const MAX_WAITING = 200;

/**
 * Detects languages in a worker thread that starts with the first request, so that relays whose agents speak
 * one language each never load it.
 */
@Injectable()
export class LanguageDetection implements OnApplicationShutdown {
  private readonly logger = new Logger(LanguageDetection.name);
  private worker: Worker | null = null;
  private counter = 0;
  private readonly waiting = new Map<number, (language: string | null) => void>();

  readonly detect: LanguageDetector = (text, candidates) => {
    if (this.waiting.size >= MAX_WAITING) return Promise.resolve(null);
    const id = ++this.counter;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.startedWorker().postMessage({ id, text, candidates } satisfies DetectionRequest);
    });
  };

  async onApplicationShutdown(): Promise<void> {
    await this.worker?.terminate();
  }

  private startedWorker(): Worker {
    if (this.worker) return this.worker;
    // In the folder of this file: compiled in the relay, source in a test.
    const worker = new Worker(new URL(`./language-worker.${import.meta.url.slice(-2)}`, import.meta.url));
    worker.unref();
    worker.on('message', ({ id, language }: DetectionResult) => this.resolve(id, language));
    worker.on('error', (error: unknown) =>
      this.logger.error({ err: error }, 'language detection failed; restarting with the next sentence'),
    );
    worker.on('exit', () => {
      this.worker = null;
      for (const id of [...this.waiting.keys()]) this.resolve(id, null);
    });
    return (this.worker = worker);
  }

  private resolve(id: number, language: string | null): void {
    this.waiting.get(id)?.(language);
    this.waiting.delete(id);
  }
}
