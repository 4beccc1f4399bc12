import type { CallParts, SaidPart } from './timeline.ts';

export interface TrackColours {
  readonly caller: string;
  readonly agent: string;
  readonly tool: string;
  readonly line: string;
  readonly seam: string;
  readonly position: string;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const PAD = 8;
const LANES = 3;
/** A sound of a moment is still to be seen. */
const MIN_WIDTH = 2;

/** Draws caller, agent and tools over the time of the call. */
export function drawTracks(
  canvas: CanvasRenderingContext2D,
  { width, height }: Size,
  call: CallParts,
  lengthMs: number,
  atMs: number,
  colours: TrackColours,
): void {
  const x = (ms: number) => (lengthMs === 0 ? 0 : (ms / lengthMs) * width);
  const lane = (index: number) => PAD + (index * (height - PAD)) / LANES;
  const thick = (height - PAD) / LANES - PAD;
  const bar = (index: number, fromMs: number, toMs: number, colour: string) => {
    canvas.fillStyle = colour;
    canvas.fillRect(x(fromMs), lane(index), Math.max(MIN_WIDTH, x(toMs) - x(fromMs)), thick);
  };
  canvas.clearRect(0, 0, width, height);
  for (const said of call.transcript) drawSaid(said, bar, colours);
  for (const { startedAtMs, tookMs } of call.toolCalls) bar(2, startedAtMs, startedAtMs + (tookMs ?? 0), colours.tool);
  canvas.strokeStyle = colours.seam;
  canvas.setLineDash([3, 3]);
  for (const { attachedAt } of call.legs.slice(1))
    line(canvas, x(Date.parse(attachedAt) - Date.parse(call.admittedAt)), height);
  canvas.setLineDash([]);
  canvas.strokeStyle = colours.position;
  line(canvas, x(atMs), height);
}

function drawSaid(
  { speaker, startedAtMs, endedAtMs, heardMs, interrupted }: SaidPart,
  bar: (lane: number, fromMs: number, toMs: number, colour: string) => void,
  colours: TrackColours,
): void {
  if (speaker === 'caller') return bar(0, startedAtMs, endedAtMs, colours.caller);
  const heardUntil = interrupted && heardMs !== null ? startedAtMs + heardMs : endedAtMs;
  bar(1, startedAtMs, endedAtMs, colours.line);
  bar(1, startedAtMs, Math.min(heardUntil, Math.max(endedAtMs, startedAtMs)), colours.agent);
}

function line(canvas: CanvasRenderingContext2D, x: number, height: number): void {
  canvas.beginPath();
  canvas.moveTo(Math.round(x) + 0.5, 0);
  canvas.lineTo(Math.round(x) + 0.5, height);
  canvas.stroke();
}
