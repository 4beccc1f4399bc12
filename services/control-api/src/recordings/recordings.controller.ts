import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Delete, Get, HttpCode, Inject, Logger, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { CallId } from '@tandem/contracts';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, Problem, problemSchema, TenantController, type Principal } from '@tandem/platform';
import type { Request, Response } from 'express';
import {
  accessesSchema,
  recordingParameterSchema,
  toAccesses,
  verdictSchema,
  type RecordingParameter,
} from './recording.dto.ts';
import { RecordingArchive } from './recordings.service.ts';

const SCOPES = { read: 'recordings:read' satisfies ApiScope, write: 'recordings:delete' satisfies ApiScope };
const BYTES_PER_MS = 16;

/** Recordings of calls: listened to, checked, deleted. */
@TenantController('calls/:callId/recordings/:recordingId', SCOPES)
export class RecordingsController {
  private readonly logger = new Logger(RecordingsController.name);

  constructor(@Inject(RecordingArchive) private readonly recordings: RecordingArchive) {}

  @Get('audio')
  @ApiOperation({
    summary: 'The recording as a WAV file',
    description:
      'Two channels of µ-law at 8 kHz: the caller left, the agent as it was heard right. Ranges are ' +
      'answered, so players can seek.',
  })
  @ApiProduces('audio/wav')
  @ApiResponse({ status: 200, description: 'All of it' })
  @ApiResponse({ status: 206, description: 'The range asked for' })
  @ApiResponse({ status: 404, description: '`recording-not-found`', standardSchema: problemSchema })
  @ApiResponse({ status: 410, description: '`recording-gone`', standardSchema: problemSchema })
  @ApiResponse({ status: 416, description: '`range-not-satisfiable`', standardSchema: problemSchema })
  @ApiResponse({ status: 422, description: '`recording-damaged`', standardSchema: problemSchema })
  async audio(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: recordingParameterSchema }) { callId, recordingId }: RecordingParameter,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const recording = await this.recordings.open(caller, callId as CallId, recordingId, 'played');
    const { bytes } = recording;
    const ranges = rangesOf(request, bytes);
    if (ranges === -1)
      throw new Problem(
        416,
        'range-not-satisfiable',
        'No such part',
        `The recording has ${bytes} bytes.`,
        {},
        { 'Content-Range': `bytes */${bytes}` },
      );
    // Several ranges, or what is no range, may be answered with the whole (RFC 9110, 14.2).
    const range =
      Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1 ? ranges[0] : undefined;
    const [from, to] = range ? [range.start, range.end + 1] : [0, bytes];
    response.status(range ? 206 : 200).set({
      'Content-Type': 'audio/wav',
      'Content-Length': String(to - from),
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'private, no-store',
      'Content-Disposition': `attachment; filename="${recordingId}.wav"`,
      ...(range ? { 'Content-Range': `bytes ${from}-${to - 1}/${bytes}` } : {}),
    });
    // What is damaged further on breaks the answer off: its length is promised already, so nobody takes it
    // for whole.
    await pipeline(Readable.from(recording.read(from, to)), response).catch((error: unknown) =>
      this.logger.warn({ callId, err: error }, 'a recording was not played to the end'),
    );
  }

  @Get('integrity')
  @ApiOperation({
    summary: 'Whether the recording is what was recorded',
    description: 'Opens every part of it.',
  })
  @ApiResponse({ status: 200, standardSchema: verdictSchema })
  @ApiResponse({ status: 404, description: '`recording-not-found`', standardSchema: problemSchema })
  @ApiResponse({ status: 410, description: '`recording-gone`', standardSchema: problemSchema })
  async integrity(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: recordingParameterSchema }) { callId, recordingId }: RecordingParameter,
  ) {
    const { soundBytes, ...verdict } = await this.recordings.verify(caller, callId as CallId, recordingId);
    return { ...verdict, soundMs: soundBytes / BYTES_PER_MS };
  }

  @Get('accesses')
  @ApiOperation({
    summary: 'Who has had the recording',
    description: 'Newest first. Kept when the recording is deleted.',
  })
  @ApiResponse({ status: 200, standardSchema: accessesSchema })
  @ApiResponse({ status: 404, description: '`recording-not-found`', standardSchema: problemSchema })
  async accesses(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: recordingParameterSchema }) { callId, recordingId }: RecordingParameter,
  ) {
    return toAccesses(await this.recordings.accesses(caller, callId as CallId, recordingId));
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete the recording',
    description: 'The sound is gone for good; that there was one, and who has had it, stays on record.',
  })
  @ApiResponse({ status: 204 })
  @ApiResponse({ status: 404, description: '`recording-not-found`', standardSchema: problemSchema })
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: recordingParameterSchema }) { callId, recordingId }: RecordingParameter,
  ): Promise<void> {
    await this.recordings.delete(caller, callId as CallId, recordingId);
  }
}

/**
 * Express does not know that a suffix may be longer than the whole, nor of If-Range: with nothing to compare,
 * the whole is right (RFC 9110, 13.1.5).
 */
function rangesOf(request: Request, bytes: number): ReturnType<Request['range']> {
  const suffix = /^bytes=-(\d{1,15})$/.exec(request.headers.range ?? '')?.[1];
  if (request.headers['if-range'] !== undefined) return undefined;
  if (suffix !== undefined && Number(suffix) >= bytes)
    return Object.assign([{ start: 0, end: bytes - 1 }], { type: 'bytes' });
  return request.range(bytes, { combine: true });
}
