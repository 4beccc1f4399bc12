import type { HostedTool, ToolDeclaration } from '@tandem/contracts';
import type { RealtimeToolsConfig, RealtimeToolsConfigUnion } from 'openai/resources/realtime/realtime';

/**
 * Makes the tools of a session: functions that we run, and servers that the Realtime API calls. Of a server
 * it may use the declared tools only, and it asks us before each call.
 */
export function wireTools(tools: readonly ToolDeclaration[]): RealtimeToolsConfig {
  const functions = tools.flatMap(({ name, description, parameters, hosted }): RealtimeToolsConfigUnion[] =>
    hosted ? [] : [{ type: 'function', name, description, parameters }],
  );
  const hosted = tools.flatMap((tool) => tool.hosted ?? []);
  const servers = new Map(hosted.map((tool) => [tool.server, tool]));
  return [...functions, ...[...servers.values()].map((server) => wireServer(server, hosted))];
}

function wireServer(
  { server, url, headers }: HostedTool,
  all: readonly HostedTool[],
): RealtimeToolsConfigUnion {
  const given = headers();
  return {
    type: 'mcp',
    server_label: server,
    server_url: url,
    ...(Object.keys(given).length > 0 ? { headers: { ...given } } : {}),
    allowed_tools: all.filter((tool) => tool.server === server).map(({ tool }) => tool),
    require_approval: 'always',
  };
}
