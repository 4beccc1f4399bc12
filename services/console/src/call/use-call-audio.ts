import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { audioUrl } from './call.queries.ts';

export interface Recording {
  readonly recordingId: string;
  readonly startedAtMs: number;
  readonly durationMs: number | null;
  readonly deletedAt: string | null;
}

export interface CallAudio {
  readonly hasSound: boolean;
  readonly isPlaying: boolean;
  /** Position on the clock of the call. */
  readonly atMs: number;
  readonly rate: number;
  readonly toggle: () => void;
  readonly seek: (atMs: number) => void;
  readonly setRate: (rate: number) => void;
}

/** React learns the position this often while it plays. */
const REPORT_MS = 50;

/** Returns the recording that has the sound of a time, else the next one, else the last one. */
export function recordingAt(recordings: readonly Recording[], atMs: number): Recording | null {
  const inOrder = [...recordings].sort((a, b) => a.startedAtMs - b.startedAtMs);
  const holds = ({ startedAtMs, durationMs }: Recording) =>
    atMs < startedAtMs + (durationMs ?? Number.POSITIVE_INFINITY);
  return inOrder.find(holds) ?? inOrder.at(-1) ?? null;
}

/** Plays the recordings of a call on the call's clock: from one to the next where the call changed relays. */
export function useCallAudio(callId: string, all: readonly Recording[], firstMs: number): CallAudio {
  const recordings = useMemo(() => all.filter(({ deletedAt }) => deletedAt === null), [all]);
  const audio = useRef<HTMLAudioElement | null>(null);
  const loaded = useRef<Recording | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [atMs, setAt] = useState(firstMs);
  const [rate, setRateState] = useState(1);

  const load = useCallback(
    (wanted: number): HTMLAudioElement | null => {
      const recording = recordingAt(recordings, wanted);
      if (recording === null) return null;
      audio.current ??= new Audio();
      if (loaded.current?.recordingId !== recording.recordingId) {
        audio.current.src = audioUrl(callId, recording.recordingId);
        loaded.current = recording;
      }
      audio.current.currentTime = Math.max(0, (wanted - recording.startedAtMs) / 1_000);
      return audio.current;
    },
    [callId, recordings],
  );
  const play = useCallback(
    (wanted: number) => {
      const element = load(wanted);
      if (element === null) return;
      element.playbackRate = rate;
      element.play().then(
        () => setPlaying(true),
        () => setPlaying(false),
      );
    },
    [load, rate],
  );
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => {
      const [element, recording] = [audio.current, loaded.current];
      if (element === null || recording === null) return;
      setAt(recording.startedAtMs + element.currentTime * 1_000);
      if (!element.ended) return;
      const next = recordings.find(({ startedAtMs }) => startedAtMs > recording.startedAtMs);
      if (next) play(next.startedAtMs);
      else setPlaying(false);
    }, REPORT_MS);
    return () => clearInterval(timer);
  }, [isPlaying, play, recordings]);
  useEffect(() => () => audio.current?.pause(), []);

  return {
    hasSound: recordings.length > 0,
    isPlaying,
    atMs,
    rate,
    toggle: () => {
      if (!isPlaying) return play(atMs);
      audio.current?.pause();
      setPlaying(false);
    },
    seek: (wanted) => {
      setAt(wanted);
      if (isPlaying) play(wanted);
      else load(wanted);
    },
    setRate: (chosen) => {
      setRateState(chosen);
      if (audio.current) audio.current.playbackRate = chosen;
    },
  };
}
