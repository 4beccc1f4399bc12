import { valueAt, type JsonValue, type SalesforceSettings } from '@tandem/contracts';
import type { PushContext } from '../crm-adapter.ts';
import { CrmFault } from '../crm-fault.ts';
import { faultOf, jsonHeaders, stringAt, type CrmAnswer } from '../crm-http.ts';
import { accessTo } from './salesforce-token.ts';

/*
 * Requests to Salesforce. Wire facts: "Insert or Update (Upsert) a Record Using an External ID", "Status
 * Codes and Error Responses" and "Duplicate Rule Header" of its REST API Developer Guide.
 */

const AUTH_PAUSE_MS = 60_000;
/** How long a connection rests when the requests of the day are used up. */
const LIMIT_PAUSE_MS = 900_000;

type Method = 'GET' | 'POST' | 'PATCH';
type Fields = Readonly<Record<string, JsonValue>>;

export class SalesforceSession {
  readonly settings: SalesforceSettings;
  lastStatus = 0;
  /** The token of the last request. */
  private token = '';

  constructor(private readonly context: PushContext) {
    this.settings = context.settings as SalesforceSettings;
  }

  /** Writes a record under its id in Tandem. Returns its id there. */
  async upsert(type: string, tandemId: string, fields: Fields): Promise<string> {
    const path = this.recordPath(type, tandemId);
    const answer = await this.ask('PATCH', path, fields, [300]);
    if (answer.status === 300)
      throw new CrmFault('refused', 'several-records', {
        status: 300,
        words: `Several ${type} records have this ${this.settings.idField}; it must be unique.`,
      });
    const id = valueAt(answer.json, 'id');
    if (typeof id !== 'string') throw new CrmFault('failed', 'response-unreadable', answer);
    return id;
  }

  /** Returns the id of the record with this id in Tandem; null when there is none. */
  async find(type: string, tandemId: string): Promise<string | null> {
    const answer = await this.ask('GET', `${this.recordPath(type, tandemId)}?fields=Id`, null, [404]);
    if (answer.status === 404) {
      // The same status and code say that there is no such field.
      const words = wordsOf(answer);
      if (/external ID field/i.test(words ?? ''))
        throw new CrmFault('refused', 'id-field-missing', { status: 404, words });
      return null;
    }
    const id = valueAt(answer.json, 'Id');
    return typeof id === 'string' ? id : null;
  }

  async update(type: string, id: string, fields: Fields): Promise<void> {
    await this.ask('PATCH', `/sobjects/${type}/${encodeURIComponent(id)}`, fields);
  }

  /** Returns the ids a query finds, two at most. */
  async query(type: string, condition: string): Promise<string[]> {
    const soql = `SELECT Id FROM ${type} WHERE ${condition} LIMIT 2`;
    const { json } = await this.ask('GET', `/query?q=${encodeURIComponent(soql)}`);
    const records = valueAt(json, 'records');
    return Array.isArray(records)
      ? records.flatMap((record) => {
          const id = valueAt(record, 'Id');
          return typeof id === 'string' ? [id] : [];
        })
      : [];
  }

  /** Returns the response. @param allowed statuses that are no fault @throws CrmFault */
  async ask(
    method: Method,
    path: string,
    body: Fields | null = null,
    allowed: readonly number[] = [],
  ): Promise<CrmAnswer> {
    let answer = await this.send(method, path, body);
    if (answer.status === 401) {
      this.context.tokens.refuse(this.context.connectionId, this.token);
      answer = await this.send(method, path, body);
    }
    const { status } = answer;
    this.lastStatus = status;
    if ((status >= 200 && status < 300) || allowed.includes(status)) return answer;
    throw fault(answer);
  }

  private recordPath(type: string, tandemId: string): string {
    return `/sobjects/${type}/${this.settings.idField}/${encodeURIComponent(tandemId)}`;
  }

  private async send(method: Method, path: string, body: Fields | null): Promise<CrmAnswer> {
    const { tokens, connectionId, credentialsVersion, http } = this.context;
    const access = await tokens.get(connectionId, credentialsVersion, (refused) =>
      accessTo(this.context, refused),
    );
    this.token = access.token;
    return http.send({
      method,
      url: `${access.baseUrl}/services/data/v${this.settings.apiVersion}${path}`,
      headers: { ...jsonHeaders, authorization: `Bearer ${access.token}`, 'user-agent': 'Tandem' },
      body: body === null ? null : JSON.stringify(body),
    });
  }
}

/** A fault that names the record that is there already. */
export class DuplicateDetected extends CrmFault {
  constructor(
    status: number,
    words: string | null,
    /** The ids of the records it is like. */
    readonly ids: readonly string[],
  ) {
    super('refused', 'duplicates-detected', { status, words });
  }
}

/** Returns a text as it stands in a query. */
export const quoted = (text: string): string => `'${text.replace(/[\\']/g, (sign) => `\\${sign}`)}'`;

function fault(answer: CrmAnswer): CrmFault {
  const { status } = answer;
  const code = stringAt(answer.json, '0.errorCode');
  const words = wordsOf(answer);
  const unavailable = (retryAfterMs: number) =>
    new CrmFault('unavailable', `http-${status}`, { status, words, retryAfterMs });
  if (code === 'DUPLICATES_DETECTED') return new DuplicateDetected(status, words, duplicatesIn(answer.json));
  if (code === 'REQUEST_LIMIT_EXCEEDED') return unavailable(answer.retryAfterMs ?? LIMIT_PAUSE_MS);
  if (status === 401) return unavailable(AUTH_PAUSE_MS);
  // No access to this kind of record; others may be written.
  if (status === 403 || code === 'UNABLE_TO_LOCK_ROW')
    return new CrmFault('failed', `http-${status}`, { status, words });
  return faultOf(answer, words);
}

function duplicatesIn(json: JsonValue): string[] {
  const results = valueAt(json, '0.duplicateResut.matchResults');
  const matches = Array.isArray(results) ? results.flatMap((result) => valueAt(result, 'matchRecords')) : [];
  return matches.flatMap((match) => {
    const id = valueAt(match, 'record.Id');
    return typeof id === 'string' ? [id] : [];
  });
}

/** Returns the errors of a response, each with its fields. */
function wordsOf({ json, text }: CrmAnswer): string | null {
  if (!Array.isArray(json)) return text === '' ? null : text;
  return json
    .map((error) => {
      const fields = valueAt(error, 'fields');
      const names = Array.isArray(fields) ? fields.filter((name) => typeof name === 'string') : [];
      const named = names.length > 0 ? ` (${names.join(', ')})` : '';
      return `${stringAt(error, 'errorCode') ?? ''}: ${stringAt(error, 'message') ?? ''}${named}`;
    })
    .join('; ');
}
