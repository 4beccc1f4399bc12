import { randomUUID } from 'node:crypto';
import {
  afterCallSchema,
  termination,
  type AgentContentInput,
  type AnalysisJob,
  type CallId,
  type ToolCallId,
} from '@tandem/contracts';
import {
  AnalysisRepository,
  AnalysisRunRepository,
  CallRepository,
  transact,
  type AnalysisRun,
  type CallAnalysis,
  type CallRecord,
} from '@tandem/database';
import { AnthropicSimulator, ChatCompletionsSimulator, type TextTurn } from '@tandem/simulators';
import { foldCall } from '../../fold-call.ts';
import { RunningMessages } from '../../messages/test/running-messages.ts';
import { admitted, agentSpoke, attached, callerSpoke, ended, log, t0 } from '../../test/call-log.ts';

const KEY = 'key-of-the-analyst';

/** The forms of text models, and none. */
export type ModelForm = 'openai' | 'anthropic' | 'none';

/** One post-call-worker in this process with a simulated text model, and calls that end. */
export class RunningAnalyses {
  private constructor(
    readonly worker: RunningMessages,
    readonly model: ChatCompletionsSimulator | AnthropicSimulator,
  ) {}

  static async start(form: ModelForm, settings: Record<string, string> = {}): Promise<RunningAnalyses> {
    const options = { apiKey: KEY, models: ['small'] };
    const model =
      form === 'anthropic' ? new AnthropicSimulator(options) : new ChatCompletionsSimulator(options);
    await model.start();
    const worker = await RunningMessages.start({
      TEXT_MODEL_URL: model.baseUrl,
      TEXT_MODEL_API_KEY: KEY,
      TEXT_MODEL_TIMEOUT_MS: '1000',
      ...(form === 'none' ? { TEXT_MODEL_URL: '', TEXT_MODEL_API_KEY: '' } : { TEXT_MODEL_KIND: form }),
      ...settings,
    });
    return new RunningAnalyses(worker, model);
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    await this.model.stop();
  }

  /** Begins a spec: a tenant whose agent has its calls analysed, and the turns of the model. */
  async begin(afterCall: AgentContentInput['afterCall'], ...turns: TextTurn[]): Promise<void> {
    await this.worker.begin({ language: 'es', afterCall });
    this.model.script(...turns);
  }

  get analyses(): AnalysisRepository {
    return new AnalysisRepository(this.worker.dataSource);
  }

  /** Stores a call that has ended. */
  async endCall(
    saying: readonly string[] = ['My sink leaks.'],
    change: Partial<CallRecord> = {},
  ): Promise<CallId> {
    const { tenantId } = this.worker;
    const [agent] = await this.worker.sql<{ id: string }>(
      'SELECT id FROM agents WHERE tenant_id = $1',
      tenantId,
    );
    const callId = randomUUID() as CallId;
    const call = foldCall(
      callId,
      tenantId,
      log(
        [0, admitted],
        [500, attached()],
        [1_000, agentSpoke('Hello, this is Sarah.', 1_000)],
        ...saying.map(
          (text, index) =>
            [2_000 + index, callerSpoke(text, 2_000 + index)] as [number, ReturnType<typeof callerSpoke>],
        ),
        [9_000, ended('agent-goodbye')],
      ),
    )!;
    const booked = {
      toolCallId: `tc_${callId}_1_a` as ToolCallId,
      name: 'book_appointment',
      arguments: {},
      outcome: { status: 'ok', value: { reference: 'K48213' } },
      startedAtMs: 5_000,
      tookMs: 80,
    } as const;
    await new CallRepository(this.worker.dataSource).record({
      ...call,
      agent: { id: agent!.id, version: 1, name: 'Sarah' },
      admittedAt: new Date(t0),
      termination: termination('agent-goodbye'),
      toolCalls: [booked],
      disposition: { outcome: 'booked', detail: 'K48213' },
      ...change,
    });
    return callId;
  }

  /** Waits until the analyses of a call are settled, and returns the latest. */
  async settled(callId: CallId, tenantId = this.worker.tenantId): Promise<CallAnalysis> {
    for (let tries = 0; tries < 1_500; tries += 1) {
      const found = await this.analyses.ofCall(tenantId, callId);
      const [latest] = found;
      if (latest && found.every(({ state }) => state !== 'waiting')) return latest;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new TypeError('The call was not analysed.');
  }

  /** An operator begins a run over all calls of the tenant. */
  async begins(settings: AgentContentInput['afterCall']): Promise<AnalysisRun> {
    const selection = { from: new Date(t0), to: new Date(t0 + 1), agentId: null };
    const run = await transact(this.worker.dataSource, this.worker.tenantId, (transaction) =>
      this.runs.create(transaction, this.worker.tenantId, {
        selection,
        settings: afterCallSchema.parse(settings),
      }),
    );
    if (typeof run === 'string') throw new TypeError(run);
    return run;
  }

  async cancels(id: string): Promise<void> {
    await transact(this.worker.dataSource, this.worker.tenantId, (transaction) =>
      this.runs.cancel(transaction, this.worker.tenantId, id),
    );
  }

  /** Waits until the model has been asked. */
  async asked(): Promise<void> {
    while (this.model.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Finished jobs of the tenant, the first one first. */
  async jobs(): Promise<{ readonly data: object; readonly priority: number }[]> {
    const jobs = await this.worker.queueOf('call-analysis').getJobs(['completed'], 0, -1, true);
    return jobs
      .filter(({ data }) => (data as AnalysisJob).tenantId === this.worker.tenantId)
      .sort((a, b) => a.timestamp - b.timestamp)
      .map(({ data, priority }) => ({ data: data as object, priority }));
  }

  private get runs(): AnalysisRunRepository {
    return new AnalysisRunRepository(this.worker.dataSource);
  }

  /** Data of the events of one type about a call. */
  async events(callId: CallId, type: string): Promise<Record<string, unknown>[]> {
    const rows = await this.worker.sql<{ data: Record<string, unknown> }>(
      'SELECT data FROM outbox_events WHERE subject_id = $1 AND type = $2 ORDER BY sequence',
      callId,
      type,
    );
    return rows.map(({ data }) => data);
  }

  /** Everything the model was told, request by request. */
  get told(): string[] {
    return this.model.seen.map(({ body }) => JSON.stringify(body));
  }
}
