import { Link } from '@tanstack/react-router';
import { CallTag } from '../calls/call-tag.tsx';
import { duration, phone, sentence } from '../format/format.ts';
import { Facts } from '../panel/facts.tsx';
import { Panel } from '../panel/panel.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import type { CallDetail } from './call.queries.ts';

/** Who called whom, when, with which agent, and how it ended. */
export function CallFacts({ call }: { readonly call: CallDetail }) {
  const { call: words, calls } = useWords();
  const { clock, may } = useSession();
  const { agent } = call;
  const agentText = agent && `${agent.name} v${agent.version}`;
  return (
    <Panel title={words.head} actions={<CallTag {...call} />}>
      <Facts
        of={[
          [calls.caller, phone(call.from)],
          [calls.number, phone(call.to)],
          [words.direction, words[call.direction]],
          [
            words.agent,
            agent && may('admin:read') ? (
              <Link to="/agents/$agentId" params={{ agentId: agent.id }} className="row-link">
                {agentText}
              </Link>
            ) : (
              agentText
            ),
          ],
          [words.outcome, call.outcome && sentence(call.outcome)],
          ['', call.disposition?.detail ?? null],
          [words.ending, call.termination && sentence(call.termination.reason)],
          [words.refusal, call.refusalReason && sentence(call.refusalReason)],
          [words.started, clock.at(call.admittedAt)],
          [words.answered, call.answeredAt && clock.at(call.answeredAt)],
          [words.ended, call.endedAt && clock.at(call.endedAt)],
          [words.duration, duration(call.durationMs)],
          [words.language, call.language],
          [words.channel, call.channel],
          [words.variant, call.variantKey],
          [words.group, call.callerGroup],
          [words.attestation, call.attestation],
        ]}
      />
      {call.missingEvents > 0 && <div className="notice">{words.missing(call.missingEvents)}</div>}
    </Panel>
  );
}
