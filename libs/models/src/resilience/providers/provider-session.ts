import type { ItemId, ToolDeclaration } from '@tandem/contracts';
import type {
  HistoryItem,
  MissingToolsReason,
  ModelSessionChange,
  ModelSessionListener,
  ModelSessionSetup,
  VoiceModelSession,
} from '@tandem/conversation';
import type { FallbackTarget } from './fallback-chain.ts';

const MAX_ITEMS = 64;
const MAX_LATE = 64;
const MAX_HOSTED_CALLS = 64;

/**
 * One provider session of a call. Commands sent before it is ready are in the history it reads while opening;
 * those that come after it has read the history are kept until it is ready.
 */
export class ProviderSession {
  readonly session: VoiceModelSession;
  isReady = false;
  hasSpoken = false;
  private hasReadHistory = false;
  private changes: ModelSessionChange = {};
  private readonly late: ((session: VoiceModelSession) => void)[] = [];
  private readonly items = new Set<ItemId>();
  /** Calls that the provider was to run, and that have not ended. */
  private readonly hostedCalls = new Set<string>();
  /** Names of tools that this provider cannot run. */
  private missingTools: readonly string[] = [];
  /** Missing tools that the session reported before it was used. */
  private readonly foundMissing: [names: readonly string[], why: MissingToolsReason][] = [];

  constructor(
    readonly target: FallbackTarget,
    setup: ModelSessionSetup,
    listenerOf: (inner: ProviderSession) => ModelSessionListener,
  ) {
    const history = (): readonly HistoryItem[] => {
      this.hasReadHistory = true;
      return setup.history();
    };
    const tools = this.withoutMissing(setup.tools);
    this.session = target.model.open({ ...setup, tools, history }, listenerOf(this));
  }

  markReady(): void {
    this.isReady = true;
    if (Object.keys(this.changes).length > 0) this.session.change(this.changes);
    for (const say of this.late.splice(0)) say(this.session);
  }

  /** Tells the conversation of the tools it does without in this session. */
  tellMissingTools(listener: ModelSessionListener): void {
    if (this.missingTools.length > 0) listener.onToolsMissing?.(this.missingTools, 'model');
    for (const [names, why] of this.foundMissing.splice(0)) listener.onToolsMissing?.(names, why);
  }

  keepMissingTools(names: readonly string[], why: MissingToolsReason): void {
    if (this.foundMissing.length < MAX_LATE) this.foundMissing.push([names, why]);
  }

  change(given: ModelSessionChange): void {
    const change = given.tools ? { ...given, tools: this.withoutMissing(given.tools) } : given;
    if (this.isReady) this.session.change(change);
    else this.changes = { ...this.changes, ...change };
  }

  /** Sends a command that is also in the conversation's history. */
  sendUnlessInHistory(say: (session: VoiceModelSession) => void): void {
    if (this.isReady) say(this.session);
    else if (this.hasReadHistory && this.late.length < MAX_LATE) this.late.push(say);
  }

  /** Sends a command that no history holds. */
  sendAlways(say: (session: VoiceModelSession) => void): void {
    if (this.isReady) say(this.session);
    else if (this.late.length < MAX_LATE) this.late.push(say);
  }

  hostedCallAsked(providerCallId: string): void {
    if (this.hostedCalls.size < MAX_HOSTED_CALLS) this.hostedCalls.add(providerCallId);
  }

  hostedCallEnded(providerCallId: string): void {
    this.hostedCalls.delete(providerCallId);
  }

  decideToolCall(providerCallId: string, refusal: string | null): void {
    if (!this.hostedCalls.has(providerCallId)) return;
    if (refusal !== null) this.hostedCalls.delete(providerCallId);
    this.session.decideToolCall(providerCallId, refusal);
  }

  /** The session is left: nobody learns the outcome of the calls its provider runs. */
  loseHostedCalls(listener: ModelSessionListener): void {
    for (const providerCallId of this.hostedCalls)
      listener.onHostedToolEnded?.(providerCallId, { status: 'timed-out' });
    this.hostedCalls.clear();
  }

  markSpoken(itemId: ItemId): void {
    this.hasSpoken = true;
    if (this.items.has(itemId)) return;
    if (this.items.size >= MAX_ITEMS) this.items.clear();
    this.items.add(itemId);
  }

  hasSaid(itemId: ItemId): boolean {
    return this.items.has(itemId);
  }

  private withoutMissing(tools: readonly ToolDeclaration[]): readonly ToolDeclaration[] {
    const missing = this.target.model.capabilities.runsTools
      ? []
      : tools.filter(({ place }) => place === 'provider');
    this.missingTools = missing.map(({ name }) => name);
    return missing.length === 0 ? tools : tools.filter((tool) => !missing.includes(tool));
  }
}
