import { namesOf } from '../generators/names.ts';
import type { CheckoutCopy } from './checkout-copy.ts';

/** The dummy carrier signs with this. */
export const DUMMY_KEY = 'the key of the dummy carrier';
/** µ-law of the dummy model's voice, and of the caller's. */
export const DUMMY_VOICE = 0x10;

/** The words of a call with the dummy model. */
export const DUMMY_TURNS = {
  greeting: 'This is the dummy line.',
  caller: 'A plumber, please.',
  subject: 'a dummy plumber',
  reply: 'That is all I can say.',
} as const;

const LISTENING = `
  private utterances = 0;
  private utterance: ItemId | null = null;
  private silentMs = 0;
  private hasCalledTool = false;
  private toolOutput: string | null = null;

  /** The caller's turn is what is loud, and ends with 300 ms of silence. */
  pushAudio(frame: AudioFrame): void {
    const isVoice = frame.bytes.some((byte) => byte !== MULAW_SILENCE);
    if (isVoice) {
      this.silentMs = 0;
      if (this.utterance) return;
      const itemId = \`caller-\${(this.utterances += 1)}\` as ItemId;
      this.utterance = itemId;
      this.later(() => this.listener.onCallerSpeechStarted(itemId));
    } else if (this.utterance) {
      this.silentMs += frame.byteLength / bytesPerMs(PCMU_8K);
      if (this.silentMs >= 300) this.endTurn(this.utterance);
    }
  }

  sendToolResult(_providerCallId: string, output: string): void {
    this.toolOutput = output;
  }

  change({ turnOwner }: { readonly turnOwner?: 'model' | 'session' }): void {
    if (turnOwner) this.turnOwner = turnOwner;
  }

  private endTurn(itemId: ItemId): void {
    this.utterance = null;
    this.later(() => {
      this.listener.onCallerSpeechStopped(itemId, 300);
      this.listener.onCallerText(itemId, '${DUMMY_TURNS.caller}', true);
      if (this.turnOwner === 'model') this.answer({ kind: 'reply' });
    });
  }

  private answer(request: SpeakRequest): void {
    if (request.kind === 'say') return this.speak(request.text);
    if (this.toolOutput !== null) {
      this.speak(this.toolOutput);
      this.toolOutput = null;
    } else if (this.hasCalledTool) this.speak('${DUMMY_TURNS.reply}');
    else this.callTool();
  }

  private callTool(): void {
    this.hasCalledTool = true;
    const responseId = 'response-of-the-tool' as ResponseId;
    this.listener.onResponseStarted(responseId);
    this.listener.onToolCall({
      providerCallId: 'tool-call-1',
      responseId,
      name: '__snake__',
      argumentsJson: '{"subject":"${DUMMY_TURNS.subject}"}',
    });
    this.listener.onResponseDone(responseId, 'completed', null);
  }
`;

/** Gives parts named `name`, as the generators wrote them, the behaviour a template cannot have. */
export function fillDummies(copy: CheckoutCopy, name: string): void {
  const snake = namesOf(name)?.snake ?? '';
  copy.edit(`services/call-ingress/src/carriers/${name}/${name}.guard.ts`, {
    '_request: Request': 'request: Request',
    'return false;': `return request.header('x-dummy-key') === '${DUMMY_KEY}';`,
  });
  copy.edit(`libs/models/src/${name}/${name}-model.ts`, {
    'const MS_PER_CHARACTER = 50;': 'const MS_PER_CHARACTER = 20;',
    '.fill(MULAW_SILENCE)': `.fill(${DUMMY_VOICE})`,
    "this.speak(request.kind === 'say' ? request.text : '')": 'this.answer(request)',
    '  pushAudio(): void {}\n  sendToolResult(): void {}\n': LISTENING.replace('__snake__', snake),
    '  change(): void {}\n': '',
    '  private isClosed = false;\n':
      "  private isClosed = false;\n  private turnOwner: 'model' | 'session';\n",
    '    this.voice = setup.voice;\n':
      '    this.voice = setup.voice;\n    this.turnOwner = setup.turnOwner;\n',
  });
}
