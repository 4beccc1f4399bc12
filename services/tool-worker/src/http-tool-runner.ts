import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Sealer, ToolUses } from '@tandem/call-state';
import { tenantSecretPlace, type HttpToolRequest, type TenantId, type ToolOutcome } from '@tandem/contracts';
import { CONFIG, OutboundClient, OutboundFailure, TenantPlaces, type ServiceConfig } from '@tandem/platform';
import {
  runHttpTool,
  type HttpAnswer,
  type HttpFailure,
  type HttpRequest,
  type ToolRunContext,
} from '@tandem/tools/handlers';

/** Injection token: the sealer of tenants' secrets. */
export const TENANT_SECRETS = Symbol('TENANT_SECRETS');

/** How much of a response is read. */
const MAX_RESPONSE_BYTES = 64 * 1024;

/** Runs tools that agents declare: requests to business systems, by the guarded outbound client. */
@Injectable()
export class HttpToolRunner implements OnApplicationShutdown {
  private readonly logger = new Logger(HttpToolRunner.name);
  private readonly running = new TenantPlaces();
  /** Room for the tools of one tenant: its slow system must not delay the tools of others. */
  private readonly share: number;

  constructor(
    private readonly client: OutboundClient,
    @Inject(TENANT_SECRETS) private readonly secrets: Sealer,
    private readonly uses: ToolUses,
    @Inject(CONFIG) { toolConcurrency }: Pick<ServiceConfig<'tool-worker'>, 'toolConcurrency'>,
  ) {
    this.share = Math.ceil(toolConcurrency / 2);
  }

  onApplicationShutdown(): void {
    this.client.close();
  }

  async run(request: HttpToolRequest, input: unknown, context: ToolRunContext): Promise<ToolOutcome> {
    const { tenantId, toolCallId } = context;
    if (!this.running.take(tenantId, this.share))
      return { status: 'failed', code: 'too-many-requests', retryable: true };
    try {
      return await runHttpTool(request, input, {
        ...context,
        send: (wanted) => this.send(wanted),
        openSecret: (name, sealed) => this.openSecret(tenantId, name, sealed),
        beginOnce: () => this.uses.beginOnce(toolCallId),
      });
    } finally {
      this.running.give(tenantId);
    }
  }

  private async send(request: HttpRequest): Promise<HttpAnswer | HttpFailure> {
    try {
      const answer = await this.client.request(request, MAX_RESPONSE_BYTES);
      return { kind: 'answer', ...answer };
    } catch (error) {
      // Another error may quote the request, so it is named only.
      return error instanceof OutboundFailure
        ? { kind: 'failure', code: error.code, mayHaveArrived: error.mayHaveArrived }
        : { kind: 'failure', code: 'not-sendable', mayHaveArrived: false };
    }
  }

  private openSecret(tenantId: TenantId, name: string, sealed: string): string | null {
    try {
      return String(this.secrets.open(sealed, tenantSecretPlace(tenantId, name)));
    } catch (error) {
      this.logger.error(
        { err: error, tenantId, secret: name },
        'secret unreadable: set it anew, or restore the TANDEM_SECRET it was sealed with',
      );
      return null;
    }
  }
}
