import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ToolUses } from '@tandem/call-state';
import type { HttpToolRequest, ToolOutcome } from '@tandem/contracts';
import { OutboundClient } from '@tandem/platform';
import { runHttpTool, type ToolRunContext } from '@tandem/tools/handlers';
import { OwnToolRoom } from './own-tool-room.ts';
import { TenantSecretOpener } from './tenant-secret-opener.ts';

/** How much of a response is read. */
const MAX_RESPONSE_BYTES = 64 * 1024;

/** Runs tools that agents declare: requests to business systems, by the guarded outbound client. */
@Injectable()
export class HttpToolRunner implements OnApplicationShutdown {
  constructor(
    private readonly client: OutboundClient,
    private readonly secrets: TenantSecretOpener,
    private readonly uses: ToolUses,
    private readonly room: OwnToolRoom,
  ) {}

  onApplicationShutdown(): void {
    this.client.close();
  }

  run(request: HttpToolRequest, input: unknown, context: ToolRunContext): Promise<ToolOutcome> {
    const { tenantId, toolCallId } = context;
    return this.room.run(tenantId, () =>
      runHttpTool(request, input, {
        ...context,
        send: (wanted) => this.client.ask(wanted, MAX_RESPONSE_BYTES),
        openSecret: (name, sealed) => this.secrets.open(tenantId, name, sealed),
        beginOnce: () => this.uses.beginOnce(toolCallId),
      }),
    );
  }
}
