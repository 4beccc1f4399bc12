import type { Names } from './names.ts';

/** A session that says what it is told to say, as silence of the length of its words. */
export const voiceModelCode = ({
  kebab,
  camel,
  pascal,
  words,
}: Names) => `import { bytesPerMs, PCMU_8K, type ItemId, type ProviderError, type ResponseId } from '@tandem/contracts';
import {
  AudioFrame,
  MULAW_SILENCE,
  type Clock,
  type ModelSessionListener,
  type ModelSessionSetup,
  type SpeakRequest,
  type VoiceModel,
  type VoiceModelSession,
} from '@tandem/conversation';

export interface ${pascal}Options {
  readonly clock: Clock;
}

const PROVIDER = '${kebab}';
const MS_PER_CHARACTER = 50;

/** Opens sessions with ${words}. */
export function ${camel}Model({ clock }: ${pascal}Options): VoiceModel {
  return {
    provider: PROVIDER,
    capabilities: { inputFormats: [PCMU_8K], outputFormats: [PCMU_8K], maxSessionMs: null },
    open: (setup, listener) => new ${pascal}Session(setup, listener, clock),
  };
}

class ${pascal}Session implements VoiceModelSession {
  readonly provider = PROVIDER;
  readonly model = PROVIDER;
  readonly voice: string;
  private responses = 0;
  private isClosed = false;

  constructor(
    setup: ModelSessionSetup,
    private readonly listener: ModelSessionListener,
    private readonly clock: Clock,
  ) {
    this.voice = setup.voice;
    this.later(() => listener.onReady());
  }

  respond(request: SpeakRequest): void {
    this.later(() => this.speak(request.kind === 'say' ? request.text : ''));
  }

  abandon(error: ProviderError): void {
    this.end(error);
  }

  close(): void {
    this.end(null);
  }

  // Each response ends in the turn it begins, so there is none to cancel and nothing to cut.
  cancelResponse(): void {}
  truncate(): void {}
  // To be sent to the provider.
  pushAudio(): void {}
  sendToolResult(): void {}
  addNote(): void {}
  change(): void {}
  onIdle(): void {}
  finishInput(): void {}

  private speak(text: string): void {
    this.responses += 1;
    const responseId = \`response-\${this.responses}\` as ResponseId;
    const itemId = \`item-\${this.responses}\` as ItemId;
    const audio = new Uint8Array(text.length * MS_PER_CHARACTER * bytesPerMs(PCMU_8K)).fill(MULAW_SILENCE);
    this.listener.onResponseStarted(responseId);
    this.listener.onAgentText(itemId, text);
    this.listener.onAudio(AudioFrame.fromBytes(audio), itemId, responseId);
    this.listener.onItemDone(itemId, responseId);
    this.listener.onResponseDone(responseId, 'completed', null);
  }

  private end(error: ProviderError | null): void {
    if (this.isClosed) return;
    this.later(() => {
      this.isClosed = true;
      this.listener.onClosed(error);
    });
  }

  /** Listeners are never called from inside a call into the session. */
  private later(run: () => void): void {
    this.clock.after(0, () => {
      if (!this.isClosed) run();
    });
  }
}
`;

export const voiceModelSpec = ({
  kebab,
  camel,
  words,
}: Names) => `import { describe, expect, it } from '@jest/globals';
import { PCMU_8K } from '@tandem/contracts';
import type { ModelSessionListener, ModelSessionSetup } from '@tandem/conversation';
import { ManualClock } from '@tandem/conversation/testing';
import { ${camel}Model } from './${kebab}-model.ts';

const SETUP: ModelSessionSetup = {
  instructions: 'You are Sarah.',
  tools: [],
  turnDetection: { kind: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceMs: 500 },
  turnOwner: 'model',
  language: 'en-US',
  voice: 'any',
  transcriptionModel: '',
  inputFormat: PCMU_8K,
  outputFormat: PCMU_8K,
  history: () => [],
};

describe('${words}', () => {
  it('opens, says the words it is given, and closes once', async () => {
    const clock = new ManualClock();
    const events: string[] = [];
    const listener = {
      onReady: () => events.push('ready'),
      onResponseStarted: () => events.push('started'),
      onAgentText: (_item: string, text: string) => events.push(text),
      onAudio: ({ byteLength }: { byteLength: number }) => events.push(\`\${byteLength / 8} ms\`),
      onItemDone: () => events.push('item done'),
      onResponseDone: (_response: string, status: string) => events.push(status),
      onClosed: () => events.push('closed'),
    } as unknown as ModelSessionListener;
    const session = ${camel}Model({ clock }).open(SETUP, listener);
    expect(events).toEqual([]);
    session.respond({ kind: 'say', text: 'Hello.' });
    await clock.pass(10);
    session.close();
    session.close();
    await clock.pass(10);
    expect(events).toEqual(['ready', 'started', 'Hello.', '300 ms', 'item done', 'completed', 'closed']);
  });
});
`;
