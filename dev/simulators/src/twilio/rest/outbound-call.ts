import type { CallHandle } from '../leg/call-handle.ts';
import type { CallServices } from '../leg/call-services.ts';
import { ring, type AnsweredBy, type CalleeScript } from '../leg/callee.ts';
import type { CallRequest } from './call-parameters.ts';

const DETECTION_MS = 2000;

function verdict(script: CalleeScript, detection: NonNullable<CallRequest['detection']>): AnsweredBy {
  const answeredBy = script.answeredBy ?? 'human';
  return answeredBy === 'machine_start' && detection.mode === 'DetectMessageEnd'
    ? 'machine_end_beep'
    : answeredBy;
}

async function detectInBackground(
  call: CallHandle,
  script: CalleeScript,
  detection: NonNullable<CallRequest['detection']>,
): Promise<void> {
  const durationMs = script.detectionMs ?? DETECTION_MS;
  await call.sleepWhileAlive(durationMs);
  if (!detection.callback) return;
  const fields = {
    CallSid: call.sid,
    AccountSid: call.accountSid,
    AnsweredBy: verdict(script, detection),
    MachineDetectionDuration: String(durationMs),
  };
  await call.request('amd', { ...detection.callback, fields });
}

async function detect(
  call: CallHandle,
  script: CalleeScript,
  detection: NonNullable<CallRequest['detection']>,
): Promise<void> {
  if (detection.isAsync) {
    if (!detection.callback)
      call.journal.error(21_262, 'AsyncAmd is on and AsyncAmdStatusCallback is missing');
    call.track(detectInBackground(call, script, detection));
    return;
  }
  await call.sleepWhileAlive(script.detectionMs ?? DETECTION_MS);
  call.answeredBy = verdict(script, detection);
}

/** Rings the callee of a queued outbound call and starts its document once the call is answered. */
export async function runOutboundCall(
  call: CallHandle,
  request: CallRequest,
  services: CallServices,
): Promise<void> {
  const { to, from, kind } = request;
  const script = services.calleeFor({ to, from, kind });
  const result = await ring(call, script, request.timeoutMs);
  if (result !== 'answered') return;
  if (request.sendDigits !== null) call.journal.add({ kind: 'tones', digits: request.sendDigits });
  if (request.detection) await detect(call, script, request.detection);
  if (!call.hasEnded) call.begin(request.source);
}
