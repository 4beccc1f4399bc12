import { ActionIcon, NativeSelect, Text } from '@mantine/core';
import { ChevronsLeft, ChevronsRight, Pause, Play } from 'lucide-react';
import { useEffect, useRef, type MouseEvent, type ReactNode } from 'react';
import { position } from '../format/format.ts';
import { useWords } from '../words/index.ts';
import type { CallDetail, Peaks } from './call.queries.ts';
import type { CallParts } from './timeline.ts';
import { drawTracks, type Tracks as Drawn } from './tracks.ts';
import type { CallAudio } from './use-call-audio.ts';

const STEP_MS = 5_000;
const RATES = [0.75, 1, 1.25, 1.5, 2];

interface PlayerProps {
  readonly call: CallDetail & CallParts;
  readonly lengthMs: number;
  readonly peaks: readonly Peaks[];
  readonly audio: CallAudio;
}

/** The call over its time, and the sound of it. The picture is for eyes; the slider says the same. */
export function Player({ call, lengthMs, peaks, audio }: PlayerProps) {
  const words = useWords().call;
  const { atMs, hasSound, isPlaying } = audio;
  return (
    <div className="player">
      <Tracks call={call} lengthMs={lengthMs} atMs={atMs} peaks={peaks} onSeek={audio.seek} />
      <input
        type="range"
        min={0}
        max={Math.max(1, lengthMs)}
        step={100}
        value={Math.min(atMs, lengthMs)}
        aria-label={words.position}
        aria-valuetext={position(atMs)}
        onChange={(event) => audio.seek(Number(event.currentTarget.value))}
      />
      <div className="player-row">
        <Step label={words.back5} onClick={() => audio.seek(Math.max(0, atMs - STEP_MS))}>
          <ChevronsLeft size={16} />
        </Step>
        <ActionIcon
          size="lg"
          disabled={!hasSound}
          aria-label={isPlaying ? words.pause : words.play}
          onClick={audio.toggle}
        >
          {isPlaying ? <Pause size={18} /> : <Play size={18} />}
        </ActionIcon>
        <Step label={words.forward5} onClick={() => audio.seek(Math.min(lengthMs, atMs + STEP_MS))}>
          <ChevronsRight size={16} />
        </Step>
        <Text size="sm" ml={4} w={130}>
          {position(atMs)} / {position(lengthMs)}
        </Text>
        <NativeSelect
          size="xs"
          aria-label={words.speed}
          value={String(audio.rate)}
          data={RATES.map((rate) => ({ value: String(rate), label: `${rate}×` }))}
          onChange={(event) => audio.setRate(Number(event.currentTarget.value))}
        />
        <div className="legend">
          <span className="legend-caller">{words.caller}</span>
          <span className="legend-agent">{words.agentSpeaker}</span>
          <span className="legend-tool">{words.tools}</span>
        </div>
        {!hasSound && (
          <Text size="xs" c="dimmed">
            {call.recordings.some(({ deletedAt }) => deletedAt !== null) ? words.deleted : words.noRecording}
          </Text>
        )}
      </div>
    </div>
  );
}

interface StepProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Step({ label, onClick, children }: StepProps) {
  return (
    <ActionIcon variant="default" size="lg" aria-label={label} title={label} onClick={onClick}>
      {children}
    </ActionIcon>
  );
}

interface TracksProps extends Drawn {
  readonly onSeek: (atMs: number) => void;
}

function Tracks({ call, lengthMs, atMs, peaks, onSeek }: TracksProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const draw = () => paint(element, { call, lengthMs, atMs, peaks });
    draw();
    const sizes = new ResizeObserver(draw);
    sizes.observe(element);
    // The theme is an attribute of the page.
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
    };
  }, [call, lengthMs, atMs, peaks]);
  const seek = ({ nativeEvent, currentTarget }: MouseEvent<HTMLCanvasElement>) =>
    onSeek((nativeEvent.offsetX / currentTarget.clientWidth) * lengthMs);
  return <canvas ref={canvas} aria-hidden="true" onClick={seek} />;
}

function paint(element: HTMLCanvasElement, tracks: Drawn): void {
  const context = element.getContext('2d');
  if (context === null) return;
  const [width, height, ratio] = [element.clientWidth, element.clientHeight, devicePixelRatio];
  element.width = width * ratio;
  element.height = height * ratio;
  context.scale(ratio, ratio);
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name);
  drawTracks(context, { width, height }, tracks, {
    caller: of('--caller'),
    agent: of('--agent'),
    tool: of('--warn'),
    line: of('--line'),
    seam: of('--bad'),
    position: of('--mantine-color-text'),
    text: of('--mantine-color-dimmed'),
  });
}
