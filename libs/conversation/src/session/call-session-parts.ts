import type { ToolDeclaration } from '@tandem/contracts';
import type { CallLog } from '../ports/call-log.ts';
import type { CallerStream } from '../ports/caller-stream.ts';
import type { Clock } from '../ports/clock.ts';
import type { PhraseAudioCache } from '../ports/phrase-cache.ts';
import type { RecordingControl } from '../ports/recording-control.ts';
import type { ToolDispatcher } from '../ports/tool-dispatcher.ts';
import type { VoiceModel } from '../ports/voice-model.ts';
import type { LanguageDetector } from './agent/language-watch.ts';
import type { CallInfo } from './call-info.ts';
import type { Takeover } from './history/takeover.ts';

/** A call and the adapters its session is made of. */
export interface CallSessionParts {
  readonly call: CallInfo;
  readonly stream: CallerStream;
  readonly model: VoiceModel;
  /** Returns the declarations of these names; unknown names are left out. */
  readonly declarationsFor: (names: readonly string[]) => readonly ToolDeclaration[];
  readonly toolDispatcher: ToolDispatcher;
  readonly log: CallLog;
  /** The call as earlier sessions left it; absent on a call's first stream. */
  readonly takeover?: Takeover;
  readonly clock: Clock;
  readonly phrases?: PhraseAudioCache;
  /** Returns wait music in the stream's format; empty while there is none. */
  readonly music?: () => Uint8Array;
  readonly recording?: RecordingControl;
  readonly detectLanguage?: LanguageDetector;
}
