export { FolderStore } from './folder-store.ts';
export { KeyFile, KeyFileUnusable, KeyUnknown, type KeyWrapper } from './key-file.ts';
export { openRecording, RecordingDamaged, RecordingMissing, rewrapRecording, type PlayableRecording, type Verdict } from './recording-reader.ts';
export { RecordedStream, type RecordedStreamOptions } from './recorded-stream.ts';
export { RecordingWriter, type RecordingResult } from './recording-writer.ts';
export { S3Store, type S3Options } from './s3-store.ts';
export type { RecordingSink, RecordingStore } from './recording-store.ts';
