export { FolderStore } from './folder-store.ts';
export { KeyFile, KeyFileUnusable, KeyUnknown } from './key-file.ts';
export { KmsFailed } from './kms-keys.ts';
export { PEAK_MS, type Peaks, peaksOf } from './peaks.ts';
export {
  openRecording,
  RecordingDamaged,
  RecordingMissing,
  type PlayableRecording,
  type IntegrityReport,
} from './recording-reader.ts';
export { RecordedStream, type RecordedStreamOptions } from './recorded-stream.ts';
export { recordingName, type RecordingSink, type RecordingStore } from './recording-store.ts';
export { RecordingWriter, type RecordingResult } from './recording-writer.ts';
export { S3Failed } from './s3-store.ts';
export { openVault, VaultUnusable, type Vault, type VaultSettings } from './vault.ts';
