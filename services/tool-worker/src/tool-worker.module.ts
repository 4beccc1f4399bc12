import { Module, type DynamicModule } from '@nestjs/common';
import {
  CallStore,
  connectRedis,
  redisResource,
  RelayInboxWriter,
  Sealer,
  ToolUses,
} from '@tandem/call-state';
import {
  SERVICE_TOKEN_LIFETIME_S,
  SERVICE_TOKEN_PURPOSE,
  serviceTokenSchema,
  TENANT_SECRETS_PURPOSE,
} from '@tandem/contracts';
import {
  CallStateModule,
  deriveKeys,
  Destinations,
  OutboundClient,
  OutboundConnections,
  queueGauges,
  queueModule,
  SignedTokens,
  type ServiceConfig,
} from '@tandem/platform';
import { CrmClient, verifyHandlers } from '@tandem/tools/handlers';
import { WebSearchService } from './web-search.service.ts';
import { HttpToolRunner } from './http-tool-runner.ts';
import { McpListingProcessor } from './mcp/mcp-listing.processor.ts';
import { McpSessions } from './mcp/mcp-sessions.ts';
import { McpToolRunner } from './mcp/mcp-tool-runner.ts';
import { OwnToolRoom } from './own-tool-room.ts';
import { TENANT_SECRETS, TenantSecretOpener } from './tenant-secret-opener.ts';
import { ToolCallProcessor } from './tool-call.processor.ts';
import { ToolLimiter } from './tool-limiter.ts';
import { ToolReplyPublisher } from './tool-reply.publisher.ts';
import { ToolWorkerMetrics } from './tool-worker-metrics.ts';

@Module({})
export class ToolWorkerModule {
  /** @throws HandlersMismatched when a declared tool has no handler, or the other way round */
  static forRoot(config: ServiceConfig<'tool-worker'>): DynamicModule {
    verifyHandlers();
    const tokens = new SignedTokens(config.secrets, SERVICE_TOKEN_PURPOSE, serviceTokenSchema);
    const crm = new CrmClient({
      baseUrl: config.crmApiUrl,
      authorize: ({ tenantId, callId }) =>
        tokens.sign({ tenantId, callId }, { audience: 'crm-api', lifetimeS: SERVICE_TOKEN_LIFETIME_S }),
    });
    return {
      module: ToolWorkerModule,
      imports: [
        queueModule(connectRedis(config.redisUrl, 'worker'), ['tool-calls', 'mcp-listings']),
        CallStateModule.forRoot({
          redis: redisResource(config.redisUrl),
          weight: 'always',
          secrets: config.secrets,
          sealer: Sealer,
        }),
        CallStateModule.forFeature(CallStore, RelayInboxWriter, ToolUses),
      ],
      providers: [
        { provide: CrmClient, useValue: crm },
        {
          provide: OutboundClient,
          useFactory: (connections: OutboundConnections) => new OutboundClient(connections),
          inject: [OutboundConnections],
        },
        {
          provide: OutboundConnections,
          useValue: new OutboundConnections(new Destinations(config.trustedNetworks)),
        },
        {
          provide: TENANT_SECRETS,
          useValue: new Sealer(deriveKeys(config.secrets, TENANT_SECRETS_PURPOSE)),
        },
        TenantSecretOpener,
        OwnToolRoom,
        HttpToolRunner,
        McpSessions,
        McpToolRunner,
        McpListingProcessor,
        WebSearchService,
        ToolLimiter,
        ToolWorkerMetrics,
        queueGauges('tool-calls', 'mcp-listings'),
        ToolReplyPublisher,
        ToolCallProcessor,
      ],
    };
  }
}
