import { duration } from '../format/format.ts';
import type { Peaks } from './call.queries.ts';
import type { CallParts, SaidPart } from './timeline.ts';

export interface TrackColours {
  readonly caller: string;
  readonly agent: string;
  readonly tool: string;
  readonly line: string;
  readonly seam: string;
  readonly position: string;
  readonly text: string;
}

/** The parts of the picture. */
export interface Tracks {
  readonly call: CallParts;
  readonly lengthMs: number;
  readonly atMs: number;
  readonly peaks: readonly Peaks[];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Place {
  readonly top: number;
  readonly height: number;
}

const AXIS_PX = 16;
const LANES: Readonly<Record<'caller' | 'agent' | 'tools', Place>> = {
  caller: { top: 6, height: 34 },
  agent: { top: 46, height: 34 },
  tools: { top: 86, height: 12 },
};
/** A sound of a moment is still to be seen. */
const MIN_PX = 2;
const LOUDEST = 255;
/** Steps of the axis, in s. */
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600];
const STEP_PX = 70;

/** Height of the whole picture. */
export const TRACKS_PX = 98 + AXIS_PX;

/** Draws caller, agent and tools over the time of the call. */
export function drawTracks(
  canvas: CanvasRenderingContext2D,
  { width, height }: Size,
  { call, lengthMs, atMs, peaks }: Tracks,
  colours: TrackColours,
): void {
  const x = (ms: number) => (lengthMs === 0 ? 0 : (ms / lengthMs) * width);
  const bar = ({ top, height: tall }: Place, fromMs: number, toMs: number, colour: string) => {
    canvas.fillStyle = colour;
    canvas.fillRect(x(fromMs), top, Math.max(MIN_PX, x(toMs) - x(fromMs)), tall);
  };
  canvas.clearRect(0, 0, width, height);
  drawAxis(canvas, { width, height }, lengthMs, x, colours);
  for (const said of call.transcript) drawSaid(said, bar, colours, peaks.length > 0);
  for (const each of peaks) {
    drawWave(canvas, LANES.caller, each, each.caller, x, colours.caller);
    drawWave(canvas, LANES.agent, each, each.agent, x, colours.agent);
  }
  for (const { startedAtMs, tookMs } of call.toolCalls)
    bar(LANES.tools, startedAtMs, startedAtMs + (tookMs ?? 0), colours.tool);
  canvas.strokeStyle = colours.seam;
  canvas.setLineDash([3, 3]);
  for (const { attachedAt } of call.legs.slice(1))
    line(canvas, x(Date.parse(attachedAt) - Date.parse(call.admittedAt)), 0, height - AXIS_PX);
  canvas.setLineDash([]);
  canvas.strokeStyle = colours.position;
  line(canvas, x(atMs), 0, height);
}

/** Speech as a block; behind a wave it is a mere shade. */
function drawSaid(
  { speaker, startedAtMs, endedAtMs, heardMs, interrupted, generatedMs }: SaidPart,
  bar: (place: Place, fromMs: number, toMs: number, colour: string) => void,
  colours: TrackColours,
  hasWave: boolean,
): void {
  if (speaker === 'caller')
    return bar(LANES.caller, startedAtMs, endedAtMs, hasWave ? colours.line : colours.caller);
  const heardUntil = interrupted && heardMs !== null ? startedAtMs + heardMs : endedAtMs;
  bar(LANES.agent, startedAtMs, Math.max(endedAtMs, startedAtMs + (generatedMs ?? 0)), colours.line);
  if (!hasWave) bar(LANES.agent, startedAtMs, Math.min(heardUntil, endedAtMs), colours.agent);
  if (interrupted)
    bar({ ...LANES.agent, height: LANES.agent.height + 4 }, heardUntil, heardUntil, colours.seam);
}

function drawWave(
  canvas: CanvasRenderingContext2D,
  { top, height }: Place,
  { startedAtMs, periodMs }: Peaks,
  loudness: Uint8Array,
  x: (ms: number) => number,
  colour: string,
): void {
  canvas.fillStyle = colour;
  const middle = top + height / 2;
  loudness.forEach((loud, index) => {
    const from = x(startedAtMs + index * periodMs);
    const tall = Math.max(loud === 0 ? 0 : 1, (loud / LOUDEST) * height);
    canvas.fillRect(
      from,
      middle - tall / 2,
      Math.max(1, x(startedAtMs + (index + 1) * periodMs) - from - 0.5),
      tall,
    );
  });
}

function drawAxis(
  canvas: CanvasRenderingContext2D,
  { width, height }: Size,
  lengthMs: number,
  x: (ms: number) => number,
  colours: TrackColours,
): void {
  const step = (STEPS_S.find((each) => x(each * 1_000) >= STEP_PX) ?? STEPS_S.at(-1) ?? 1) * 1_000;
  canvas.strokeStyle = colours.line;
  canvas.fillStyle = colours.text;
  canvas.font = '11px sans-serif';
  for (let ms = step; ms < lengthMs && x(ms) < width; ms += step) {
    line(canvas, x(ms), 0, height - AXIS_PX);
    canvas.fillText(duration(ms), x(ms) - 12, height - 4);
  }
}

function line(canvas: CanvasRenderingContext2D, x: number, from: number, to: number): void {
  canvas.beginPath();
  canvas.moveTo(Math.round(x) + 0.5, from);
  canvas.lineTo(Math.round(x) + 0.5, to);
  canvas.stroke();
}
