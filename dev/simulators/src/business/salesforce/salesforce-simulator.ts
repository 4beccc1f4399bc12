import { randomUUID, verify, type KeyObject } from 'node:crypto';
import {
  BusinessSimulator,
  formOf,
  jsonOf,
  type BusinessRequest,
  type Reply,
} from '../business-simulator.ts';
import { RefreshTokens } from '../oauth/refresh-tokens.ts';

export type SalesforceType = 'Contact' | 'Lead' | 'Task' | 'Event';

export interface SalesforceRecord {
  readonly Id: string;
  readonly [field: string]: unknown;
}

export interface SalesforceOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken?: string;
  /** Refresh tokens are replaced each time they are used. */
  readonly doesRotate?: boolean;
  /** For the JWT flow: the key of the certificate, and the user. */
  readonly jwt?: { readonly publicKey: KeyObject; readonly username: string; readonly audience: string };
  /** Where tokens are said to be valid; by default here. */
  readonly instanceUrl?: string;
  /** By default `Tandem_Id__c`. */
  readonly idField?: string;
  /** Contacts with an address that another one has are refused, as an active duplicate rule does. */
  readonly hasDuplicateRule?: boolean;
}

interface SalesforceError {
  readonly message: string;
  readonly errorCode: string;
  readonly fields?: readonly string[];
  readonly [extra: string]: unknown;
}

/** A refusal in the form of Salesforce: a list of errors. */
class SalesforceRefusal extends Error {
  constructor(
    readonly status: number,
    readonly errors: readonly SalesforceError[],
  ) {
    super(errors.map(({ message }) => message).join());
  }
}

const FIELDS: Readonly<Record<SalesforceType, ReadonlySet<string>>> = {
  Contact: new Set(['FirstName', 'LastName', 'Phone', 'MobilePhone', 'Email', 'Description']),
  Lead: new Set([
    'FirstName',
    'LastName',
    'Company',
    'Phone',
    'MobilePhone',
    'Email',
    'Description',
    'Status',
  ]),
  Task: new Set([
    ...['Subject', 'Description', 'Status', 'Priority', 'ActivityDate', 'WhoId', 'TaskSubtype'],
    ...['CallType', 'CallDurationInSeconds', 'CallDisposition'],
  ]),
  Event: new Set(['Subject', 'Description', 'StartDateTime', 'EndDateTime', 'ShowAs', 'WhoId', 'Location']),
};
const REQUIRED: Readonly<Record<SalesforceType, readonly string[]>> = {
  Contact: ['LastName'],
  Lead: ['LastName', 'Company'],
  Task: [],
  Event: ['StartDateTime', 'EndDateTime'],
};
const PREFIXES: Readonly<Record<SalesforceType, string>> = {
  Contact: '003',
  Lead: '00Q',
  Task: '00T',
  Event: '00U',
};
const PICKLISTS: Readonly<Record<string, readonly string[]>> = {
  TaskSubtype: ['Task', 'Call', 'Email', 'ListEmail', 'Cadence', 'LinkedIn'],
  CallType: ['Internal', 'Inbound', 'Outbound'],
  ShowAs: ['Busy', 'OutOfOffice', 'Free'],
};
const LENGTHS: Readonly<Record<string, number>> = { Subject: 255, LastName: 80, FirstName: 40, Phone: 40 };

const refuse = (status: number, errorCode: string, message: string, fields?: readonly string[]) =>
  new SalesforceRefusal(status, [{ message, errorCode, ...(fields ? { fields } : {}) }]);

/**
 * One Salesforce organization: tokens, upserts by an external id, reads, updates and the queries that look
 * for a contact. Strict where Salesforce is: unknown fields, required fields, picklists, lengths, sessions,
 * limits and duplicate rules. Sources: "REST API Developer Guide" and "Object Reference" of Salesforce.
 */
export class SalesforceSimulator extends BusinessSimulator {
  readonly records: Record<SalesforceType, SalesforceRecord[]> = {
    Contact: [],
    Lead: [],
    Task: [],
    Event: [],
  };
  private readonly tokens = new Set<string>();
  private readonly refreshTokens: RefreshTokens;
  private readonly custom = new Set<string>();
  private lastId = 0;

  constructor(private readonly options: SalesforceOptions) {
    super();
    const { doesRotate = false, refreshToken } = options;
    this.refreshTokens = new RefreshTokens(doesRotate, ...(refreshToken === undefined ? [] : [refreshToken]));
  }

  /** Ends every session. */
  expireTokens(): void {
    this.tokens.clear();
  }

  /** Adds a custom field to every object, as an administrator would. */
  addField(name: `${string}__c`): void {
    this.custom.add(name);
  }

  /** Adds a record the organization has already. */
  add(type: SalesforceType, fields: Record<string, unknown>): SalesforceRecord {
    this.lastId += 1;
    const record = { Id: `${PREFIXES[type]}${String(this.lastId).padStart(12, '0')}AAA`, ...fields };
    this.records[type].push(record);
    return record;
  }

  protected answer(request: BusinessRequest): Reply {
    if (request.path === '/services/oauth2/token') return this.giveToken(request);
    try {
      const [, token = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
      if (!this.tokens.has(token)) throw refuse(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
      return this.route(request);
    } catch (error) {
      if (!(error instanceof SalesforceRefusal)) throw error;
      return { status: error.status, body: error.errors };
    }
  }

  private get idField(): string {
    return this.options.idField ?? 'Tandem_Id__c';
  }

  private giveToken(request: BusinessRequest): Reply {
    const form = formOf(request);
    const problem = this.tokenProblem(form);
    const given = form?.get('refresh_token') ?? null;
    const next = problem === null && given !== null ? this.refreshTokens.use(given) : null;
    if (problem !== null || (given !== null && next === null))
      return {
        status: 400,
        body: { error: problem ?? 'invalid_grant', error_description: 'authentication failure' },
      };
    const token = `00D!${randomUUID()}`;
    this.tokens.add(token);
    return {
      status: 200,
      body: {
        access_token: token,
        ...(next === null || next === given ? {} : { refresh_token: next }),
        instance_url: this.options.instanceUrl ?? this.url,
        id: `${this.url}/id/00D/005`,
        token_type: 'Bearer',
        scope: 'api',
        issued_at: String(Date.now()),
        signature: 'c2ln',
      },
    };
  }

  private tokenProblem(form: URLSearchParams | null): string | null {
    if (form === null) return 'unsupported_grant_type';
    const { clientId, clientSecret } = this.options;
    const grant = form.get('grant_type');
    if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return this.isAssertionValid(form.get('assertion') ?? '') ? null : 'invalid_grant';
    if (form.get('client_id') !== clientId) return 'invalid_client_id';
    if (grant === 'client_credentials')
      return form.get('client_secret') === clientSecret ? null : 'invalid_client';
    if (grant !== 'refresh_token') return 'unsupported_grant_type';
    return form.has('refresh_token') ? null : 'invalid_grant';
  }

  private isAssertionValid(assertion: string): boolean {
    const { jwt, clientId } = this.options;
    const [head = '', claims = '', signature = ''] = assertion.split('.');
    if (jwt === undefined) return false;
    const signed = Buffer.from(`${head}.${claims}`);
    if (!verify('sha256', signed, jwt.publicKey, Buffer.from(signature, 'base64url'))) return false;
    const { iss, sub, aud, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<
      string,
      unknown
    >;
    const inS = Number(exp) - Date.now() / 1_000;
    return iss === clientId && sub === jwt.username && aud === jwt.audience && inS > 0 && inS <= 300;
  }

  private route(request: BusinessRequest): Reply {
    const { method, path, query } = request;
    const [, rest = ''] = /^\/services\/data\/v\d{2}\.0\/(.+)$/.exec(path) ?? [];
    const [root, type = '', ...parts] = rest.split('/').map(decodeURIComponent);
    if (root === 'query' && method === 'GET') return this.query(query.get('q') ?? '');
    if (root !== 'sobjects' || !Object.hasOwn(FIELDS, type))
      throw refuse(404, 'NOT_FOUND', 'The requested resource does not exist');
    const of = type as SalesforceType;
    return parts.length === 1
      ? this.change(of, parts[0] ?? '', request)
      : this.byExternalId(of, parts, request);
  }

  private byExternalId(
    type: SalesforceType,
    [field = '', value = '']: readonly string[],
    request: BusinessRequest,
  ): Reply {
    if (field !== this.idField)
      throw refuse(
        404,
        'NOT_FOUND',
        `Provided external ID field does not exist or is not accessible: ${field}`,
      );
    const known = this.records[type].filter((record) => record[field] === value);
    if (known.length > 1) return { status: 300, body: known.map(({ Id }) => `/sobjects/${type}/${Id}`) };
    return request.method === 'GET'
      ? shown(known[0])
      : this.upsert(type, { field, value }, known[0], request);
  }

  private upsert(
    type: SalesforceType,
    { field, value }: { readonly field: string; readonly value: string },
    known: SalesforceRecord | undefined,
    request: BusinessRequest,
  ): Reply {
    if (request.method !== 'PATCH') throw refuse(405, 'METHOD_NOT_ALLOWED', 'HTTP Method not allowed');
    const fields = bodyOf(request);
    if (Object.hasOwn(fields, field))
      throw refuse(400, 'INVALID_FIELD', 'The external id must not stand in the body', [field]);
    if (known === undefined) {
      const missing = REQUIRED[type].filter((name) => !fields[name]);
      if (missing.length > 0)
        throw refuse(
          400,
          'REQUIRED_FIELD_MISSING',
          `Required fields are missing: [${missing.join(', ')}]`,
          missing,
        );
    }
    this.check(type, fields, known);
    const record = known ?? this.add(type, { [field]: value });
    Object.assign(record, fields);
    const isNew = known === undefined;
    return {
      status: isNew ? 201 : 200,
      body: { id: record.Id, success: true, errors: [], created: isNew },
    };
  }

  private change(type: SalesforceType, id: string, request: BusinessRequest): Reply {
    const record = this.records[type].find(({ Id }) => Id === id);
    if (record === undefined) throw refuse(404, 'NOT_FOUND', 'The requested resource does not exist');
    if (request.method === 'GET') return shown(record);
    if (request.method !== 'PATCH') throw refuse(405, 'METHOD_NOT_ALLOWED', 'HTTP Method not allowed');
    const fields = bodyOf(request);
    this.check(type, fields, record);
    Object.assign(record, fields);
    return { status: 204 };
  }

  private check(
    type: SalesforceType,
    fields: Record<string, unknown>,
    known: SalesforceRecord | undefined,
  ): void {
    for (const [name, value] of Object.entries(fields)) {
      if (!FIELDS[type].has(name) && name !== this.idField && !this.custom.has(name))
        throw refuse(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${type}`);
      if (PICKLISTS[name] && !PICKLISTS[name].includes(String(value)))
        throw refuse(
          400,
          'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
          `${name}: bad value for restricted picklist field: ${String(value)}`,
          [name],
        );
      if (LENGTHS[name] && String(value).length > LENGTHS[name])
        throw refuse(400, 'STRING_TOO_LONG', `${name}: data value too large`, [name]);
      if (name === 'WhoId') this.checkWho(String(value));
    }
    if (this.options.hasDuplicateRule && type === 'Contact') this.checkDuplicate(fields, known);
  }

  private checkWho(id: string): void {
    const people = [...this.records.Contact, ...this.records.Lead];
    if (!people.some(({ Id }) => Id === id))
      throw refuse(400, 'MALFORMED_ID', `Name ID: id value of incorrect type: ${id}`, ['WhoId']);
  }

  private checkDuplicate(fields: Record<string, unknown>, known: SalesforceRecord | undefined): void {
    const { Email } = fields;
    const like = this.records.Contact.filter(
      (record) => record !== known && Email !== undefined && record['Email'] === Email,
    );
    if (like.length === 0) return;
    const matchRecords = like.map(({ Id }) => ({
      record: { attributes: { type: 'Contact', url: `/services/data/v62.0/sobjects/Contact/${Id}` }, Id },
    }));
    throw new SalesforceRefusal(400, [
      {
        duplicateResut: {
          allowSave: false,
          duplicateRule: 'Contacts',
          duplicateRuleEntityType: 'Contact',
          errorMessage: 'Use one of these records?',
          matchResults: [{ entityType: 'Contact', matchRecords, size: like.length, success: true }],
        },
        message: 'Use one of these records?',
        errorCode: 'DUPLICATES_DETECTED',
        fields: [],
      },
    ]);
  }

  /** Returns the result of the one form of query that looks for a person by address or number. */
  private query(soql: string): Reply {
    const form = /^SELECT Id FROM (Contact|Lead) WHERE (\w+) = null AND \((.+)\) LIMIT (\d+)$/;
    const [, type, nullField = '', same = '', limit = '1'] = form.exec(soql) ?? [];
    const pairs = [...same.matchAll(/(?:^| OR )(Email|Phone|MobilePhone) = '((?:[^'\\]|\\['\\])*)'/g)];
    if (type === undefined || pairs.map(([whole]) => whole).join('') !== same)
      throw refuse(400, 'MALFORMED_QUERY', `unexpected token: ${soql.slice(0, 80)}`);
    if (nullField !== this.idField)
      throw refuse(400, 'INVALID_FIELD', `No such column '${nullField}' on entity '${type}'`);
    const found = this.records[type as SalesforceType].filter(
      (record) =>
        (record[nullField] ?? null) === null &&
        pairs.some(([, field = '', text = '']) => record[field] === text.replace(/\\(.)/g, '$1')),
    );
    const records = found.slice(0, Number(limit)).map(({ Id }) => ({ attributes: { type }, Id }));
    return { status: 200, body: { totalSize: records.length, done: true, records } };
  }
}

function shown(record: SalesforceRecord | undefined): Reply {
  if (record === undefined) throw refuse(404, 'NOT_FOUND', 'The requested resource does not exist');
  return { status: 200, body: { attributes: {}, ...record } };
}

function bodyOf(request: BusinessRequest): Record<string, unknown> {
  const body = jsonOf(request);
  if (body === null) throw refuse(400, 'JSON_PARSER_ERROR', 'Unexpected character or content type');
  return body;
}
