import type { MigrationInterface, QueryRunner } from 'typeorm';

/*
 * Analyses of calls that are over. A call has one row for each version of the settings; the row is the truth
 * about it, and `due_at` finds the ones that need a job. A run asks for analyses of past calls.
 */

const UP = `
CREATE TABLE analysis_settings (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  version text NOT NULL,
  settings jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, version)
);

CREATE TABLE call_analyses (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  call_id uuid NOT NULL REFERENCES calls ON DELETE CASCADE,
  version text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed', 'cancelled')),
  is_replay boolean NOT NULL,
  round integer NOT NULL DEFAULT 1,
  source text CHECK (source IN ('model', 'rules')),
  model text,
  reason text,
  summary text,
  outcome text,
  extraction_state text NOT NULL DEFAULT 'not-asked'
    CHECK (extraction_state IN ('extracted', 'not-asked', 'not-available')),
  extraction jsonb,
  follow_ups jsonb NOT NULL DEFAULT '[]',
  usage jsonb,
  cost_micros bigint,
  due_at timestamptz(3) DEFAULT now(),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  settled_at timestamptz(3),
  FOREIGN KEY (tenant_id, version) REFERENCES analysis_settings ON DELETE CASCADE,
  CONSTRAINT call_analyses_once UNIQUE (call_id, version)
);
CREATE INDEX call_analyses_due ON call_analyses (tenant_id, is_replay, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE analysis_runs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  version text,
  skipped integer NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  cancelled_at timestamptz(3)
);
CREATE INDEX analysis_runs_by_time ON analysis_runs (tenant_id, created_at DESC, id DESC);

CREATE TABLE analysis_run_calls (
  run_id uuid NOT NULL REFERENCES analysis_runs ON DELETE CASCADE,
  analysis_id uuid NOT NULL REFERENCES call_analyses ON DELETE CASCADE,
  tenant_id uuid NOT NULL,
  PRIMARY KEY (run_id, analysis_id)
);
CREATE INDEX analysis_run_calls_by_analysis ON analysis_run_calls (analysis_id);
`;

const DOWN = `
DROP TABLE analysis_run_calls, analysis_runs, call_analyses, analysis_settings;
`;

export class CallAnalyses1795606700000 implements MigrationInterface {
  readonly name = 'CallAnalyses1795606700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
