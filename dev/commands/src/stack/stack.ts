import type { Log, ServerHandle, Speech, Supervisor } from '@tandem/stack';
import type { LocalSecrets } from './local-secrets.ts';
import type { ServiceName } from './ports.ts';

/** Settings of a stack to start. */
export interface LaunchOptions {
  readonly log: Log;
  /** Number of media-relays. */
  readonly relays: number;
  /**
   * Instances of other services; default one each. Further instances are called crm-api-2 and so on; several
   * ingresses stand behind `PUBLIC_BASE_URL`.
   */
  readonly replicas?: Partial<Record<Exclude<ServiceName, 'media-relay'>, number>>;
  /** A stack beside the usual one: throw-away data, free ports, no run.json. */
  readonly isEphemeral?: boolean;
  /** An existing database that is used in place of a server of the stack's own. */
  readonly postgresUrl?: string;
  /** Engine agent Sarah speaks with; by default openai-realtime when a key is set, else guided. */
  readonly agentModel?: 'openai-realtime' | 'guided';
  /** From SIGTERM to SIGKILL, for relays. */
  readonly relayGraceMs?: number;
  /** Variables of single relays, in their order, over those of all. */
  readonly relayEnvs?: readonly Readonly<Record<string, string>>[];
  /** Inserts a proxy between the services and a server; returns the address for the services. */
  readonly between?: (server: 'postgres' | 'redis', url: string) => Promise<string>;
  /** Overrides everything else in the services' environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly echo?: (instance: string, line: string) => void;
  /** Prints e-mails: without a mail server in the settings, one on this machine takes them. */
  readonly printMail?: Log;
  /** Whether services that die are started again. */
  readonly isReviving?: boolean;
}

/** A stack that runs on this machine. */
export interface Stack {
  readonly supervisor: Supervisor;
  readonly postgres: ServerHandle;
  readonly redis: ServerHandle;
  readonly speech: Speech;
  readonly secrets: LocalSecrets;
  readonly agentModel: 'openai-realtime' | 'guided';
  /** The OpenAI endpoint; null without a key. */
  readonly openai: { readonly url: string; readonly apiKey: string; readonly model: string } | null;
  /** Null where none is configured: webhooks of any account are accepted. */
  readonly twilioAccountSid: string | null;
  readonly twilioAuthToken: string;
  readonly recordingsDir: string;
  /** Where carriers reach call-ingress. */
  readonly publicUrl: string;
  /** Where carriers reach the relays; null for their own addresses. */
  readonly publicMediaUrl: string | null;
  /** Where browsers reach the console, without a path. */
  readonly consoleUrl: string;
  /** The page on which one talks with the agent; null where it is off. */
  readonly talkUrl: string | null;
  readonly urls: {
    readonly ingress: string;
    readonly relays: readonly string[];
    readonly crmApi: string;
    readonly controlApi: string;
  };
  /** Whether e-mails are printed here and sent to nobody. */
  readonly isMailLocal: boolean;
  /** How long calls may go on once the stack is being stopped. */
  readonly drainGraceMs: number;
  stop(): Promise<void>;
}
