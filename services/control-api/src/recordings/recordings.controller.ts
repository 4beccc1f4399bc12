import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Delete, Get, Logger, Param, Req, Res } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import type { ApiScope } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  NeedsReauthentication,
  Problem,
  TenantController,
  type Principal,
} from '@tandem/platform';
import type { Request, Response } from 'express';
import {
  accessesSchema,
  integritySchema,
  recordingParameterSchema,
  toAccesses,
  type RecordingParameter,
} from './recording.dto.ts';
import { RecordingArchive } from './recordings.service.ts';

const SCOPES = { read: 'recordings:read', write: 'recordings:delete' } as const satisfies Record<
  string,
  ApiScope
>;

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Recordings of calls: playback, integrity check, deletion. */
@TenantController('calls/:callId/recordings/:recordingId', SCOPES)
export class RecordingsController {
  private readonly logger = new Logger(RecordingsController.name);

  constructor(private readonly recordings: RecordingArchive) {}

  @Get('audio')
  @ApiProduces('audio/wav')
  @Endpoint({
    summary: 'The recording as a WAV file',
    description:
      'Two channels in the format of the caller stream (over Twilio µ-law at 8 kHz): left the caller, ' +
      'right the agent as the caller heard it. Range requests work, so players can seek.',
    success: [{ description: 'The whole recording' }, { status: 206, description: 'The requested range' }],
    problems: {
      404: '`recording-not-found`',
      410: '`recording-gone`',
      416: '`range-not-satisfiable`',
      422: '`recording-damaged`',
    },
  })
  async audio(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: recordingParameterSchema }) { callId, recordingId }: RecordingParameter,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const recording = await this.recordings.open(principal, callId, recordingId, 'played');
    const { bytes } = recording;
    const range = rangeOf(request, bytes);
    const [from, to] = range ? [range.start, range.end + 1] : [0, bytes];
    response.status(range ? 206 : 200).set({
      'Content-Type': 'audio/wav',
      'Content-Length': String(to - from),
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'private, no-store',
      'Content-Disposition': `attachment; filename="${recordingId}.wav"`,
      ...(range ? { 'Content-Range': `bytes ${from}-${to - 1}/${bytes}` } : {}),
    });
    // Damage found on the way breaks the response off: it is then shorter than its Content-Length, so no
    // player takes it for the whole.
    await pipeline(Readable.from(recording.read(from, to)), response).catch((error: unknown) =>
      this.logger.warn({ callId, err: error }, 'playback of a recording broke off'),
    );
  }

  @Get('integrity')
  @Endpoint({
    summary: 'Check that the recording is intact',
    description: 'Decrypts every part of it.',
    success: { schema: integritySchema },
    problems: { 404: '`recording-not-found`', 410: '`recording-gone`' },
  })
  async integrity(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: recordingParameterSchema }) { callId, recordingId }: RecordingParameter,
  ) {
    return this.recordings.verify(principal, callId, recordingId);
  }

  @Get('accesses')
  @Endpoint({
    summary: 'Accesses of the recording',
    description: 'Newest first. Kept when the recording is deleted.',
    success: { schema: accessesSchema },
    problems: { 404: '`recording-not-found`' },
  })
  async accesses(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: recordingParameterSchema }) { callId, recordingId }: RecordingParameter,
  ) {
    return toAccesses(await this.recordings.accesses(principal, callId, recordingId));
  }

  @Delete()
  @NeedsReauthentication()
  @Endpoint({
    summary: 'Delete the recording',
    description: 'The sound is deleted for good; the entry in the call and the list of accesses stay.',
    success: { status: 204 },
    problems: { 404: '`recording-not-found`' },
  })
  async delete(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: recordingParameterSchema }) { callId, recordingId }: RecordingParameter,
  ): Promise<void> {
    await this.recordings.delete(principal, callId, recordingId);
  }
}

/**
 * Returns the one range that is asked for; undefined for the whole, also in answer to several ranges or
 * something that is no range (RFC 9110, 14.2).
 * @throws Problem 416
 */
function rangeOf(request: Request, bytes: number): Range | undefined {
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
  return Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1 ? ranges[0] : undefined;
}

/**
 * Returns the ranges of a request as Express reads them, with two cases it does not know: a suffix may be
 * longer than the whole; and under If-Range, with nothing to compare, the whole is right (RFC 9110, 13.1.5).
 */
function rangesOf(request: Request, bytes: number): ReturnType<Request['range']> {
  const suffix = /^bytes=-(\d{1,15})$/.exec(request.headers.range ?? '')?.[1];
  if (request.headers['if-range'] !== undefined) return undefined;
  if (suffix !== undefined && Number(suffix) >= bytes)
    return Object.assign([{ start: 0, end: bytes - 1 }], { type: 'bytes' });
  return request.range(bytes, { combine: true });
}
