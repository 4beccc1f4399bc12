import { Get, Param } from '@nestjs/common';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import { peaksParameterSchema, peaksSchema, toPeaks, type PeaksParameter } from './recording.dto.ts';
import { RecordingArchive } from './recordings.service.ts';

/** The loudness of recordings, for those who draw it. */
@TenantController('recordings', { read: 'recordings:read' satisfies ApiScope })
export class PeaksController {
  constructor(private readonly recordings: RecordingArchive) {}

  @Get(':recordingId/peaks')
  @Endpoint({
    summary: 'How loud a recording is, caller and agent',
    description:
      'The loudest sample of each 100 ms and channel. Made from the sound at the first request, which ' +
      'takes about a second for an hour; kept from then on, until the recording is deleted.',
    success: { schema: peaksSchema },
    problems: {
      404: '`recording-not-found`',
      409: '`recordings-not-configured`',
      410: '`recording-gone`',
      422: '`recording-damaged`',
    },
  })
  async peaks(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: peaksParameterSchema }) { recordingId }: PeaksParameter,
  ) {
    return toPeaks(recordingId, await this.recordings.peaks(principal, recordingId));
  }
}
