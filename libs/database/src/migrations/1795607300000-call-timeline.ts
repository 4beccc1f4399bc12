import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * The event log of a call stays with its record, in pages of compressed JSON, and goes with it. Words that
 * were never heard have an end of their own. What people add to a record (a correction, notes, tags) is apart
 * from it, because a record is written again when the carrier reports late. Calls are found by a part of the
 * other party's number: an index of all runs of four digits needs no extension. Keys get the new scopes once:
 * to read what was not heard where they read calls, to annotate where they may change all settings.
 */

const UP = `
CREATE TABLE call_event_pages (
  tenant_id uuid NOT NULL,
  call_id uuid NOT NULL,
  first_sequence integer NOT NULL CHECK (first_sequence >= 1),
  last_sequence integer NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (call_id, first_sequence),
  CHECK (last_sequence >= first_sequence),
  FOREIGN KEY (tenant_id, call_id) REFERENCES calls (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE call_event_pages ALTER COLUMN body SET STORAGE EXTERNAL;

ALTER TABLE utterances ADD COLUMN generated_ms integer;
CREATE TABLE unheard_words (
  tenant_id uuid NOT NULL,
  call_id uuid NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  text text NOT NULL,
  delete_after timestamptz(3) NOT NULL,
  PRIMARY KEY (call_id, position),
  FOREIGN KEY (tenant_id, call_id) REFERENCES calls (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX unheard_words_by_end ON unheard_words (delete_after);

CREATE TABLE recording_peaks (
  tenant_id uuid NOT NULL,
  call_id uuid NOT NULL,
  recording_id uuid PRIMARY KEY,
  caller bytea NOT NULL,
  agent bytea NOT NULL,
  CHECK (octet_length(caller) = octet_length(agent)),
  FOREIGN KEY (tenant_id, call_id) REFERENCES calls (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX recording_peaks_of_call ON recording_peaks (call_id);

CREATE TABLE disposition_corrections (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL,
  call_id uuid NOT NULL,
  outcome text NOT NULL,
  detail text NOT NULL,
  reason text NOT NULL,
  author_kind text NOT NULL,
  author_id uuid,
  at timestamptz(3) NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, call_id) REFERENCES calls (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX disposition_corrections_of_call ON disposition_corrections (call_id, id);
CREATE INDEX disposition_corrections_by_outcome ON disposition_corrections (tenant_id, outcome);

CREATE TABLE call_notes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  call_id uuid NOT NULL,
  text text NOT NULL,
  author_kind text NOT NULL,
  author_id uuid,
  at timestamptz(3) NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, call_id) REFERENCES calls (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX call_notes_of_call ON call_notes (call_id, at);

CREATE TABLE call_tags (
  tenant_id uuid NOT NULL,
  call_id uuid NOT NULL,
  tag text NOT NULL,
  PRIMARY KEY (call_id, tag),
  FOREIGN KEY (tenant_id, call_id) REFERENCES calls (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX call_tags_by_tag ON call_tags (tenant_id, tag);

CREATE FUNCTION digits_of(party text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(party, '[^0-9]', '', 'g')
$$;
CREATE FUNCTION digit_runs_of(party text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT substr(digits, start, 4)), '{}')
  FROM (SELECT regexp_replace(party, '[^0-9]', '', 'g') AS digits) written,
    generate_series(1, length(digits) - 3) AS start
$$;
CREATE INDEX calls_by_digits ON calls
  USING gin (digit_runs_of(CASE direction WHEN 'outbound' THEN to_number ELSE from_number END));
CREATE INDEX calls_by_agent ON calls (tenant_id, agent_id, admitted_at DESC, id DESC);
CREATE INDEX dispositions_by_outcome ON dispositions (tenant_id, outcome);
CREATE INDEX utterances_interrupted ON utterances (call_id) WHERE interrupted;
CREATE INDEX tool_calls_failed ON tool_calls (call_id) WHERE status IN ('failed', 'timed-out');

UPDATE api_keys SET scopes = array_append(scopes, 'transcripts:read')
  WHERE 'calls:read' = ANY(scopes) AND NOT 'transcripts:read' = ANY(scopes);
UPDATE api_keys SET scopes = array_append(scopes, 'calls:annotate')
  WHERE 'admin:write' = ANY(scopes) AND NOT 'calls:annotate' = ANY(scopes);
`;

const DOWN = `
UPDATE api_keys SET scopes = array_remove(array_remove(scopes, 'calls:annotate'), 'transcripts:read');
DROP INDEX tool_calls_failed, utterances_interrupted, dispositions_by_outcome, calls_by_agent,
  calls_by_digits;
DROP FUNCTION digit_runs_of(text);
DROP FUNCTION digits_of(text);
DROP TABLE call_tags, call_notes, disposition_corrections, recording_peaks, unheard_words, call_event_pages;
ALTER TABLE utterances DROP COLUMN generated_ms;
`;

export class CallTimeline1795607300000 implements MigrationInterface {
  readonly name = 'CallTimeline1795607300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
