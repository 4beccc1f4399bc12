export * from './asterisk/index.ts';
export * from './twilio/index.ts';
export * from './business/index.ts';
export * from './mail/index.ts';
export * from './mcp/index.ts';
export * from './oidc/index.ts';
export * from './openai-realtime/index.ts';
export * from './text-models/index.ts';
export * from './web-search/index.ts';
export {
  INTERNET,
  linkText,
  longestOneWayMs,
  NO_DISTANCE,
  roundTripText,
  type LinkSettings,
} from './link/link.ts';
export * from './business/index.ts';
