import { randomUUID } from 'node:crypto';
import {
  BusinessSimulator,
  formOf,
  jsonOf,
  type BusinessRequest,
  type Reply,
} from '../business-simulator.ts';
import { RefreshTokens } from '../oauth/refresh-tokens.ts';
import {
  HUBSPOT_PROPERTIES,
  HUBSPOT_REQUIRED,
  type HubspotProperty,
  type HubspotType,
} from './hubspot-properties.ts';

export interface HubspotRecord {
  readonly id: string;
  readonly properties: Record<string, string>;
}

export interface HubspotOptions {
  /** The access token of a private app. */
  readonly token: string;
  readonly oauth?: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly refreshToken: string;
    /** Refresh tokens are replaced each time they are used. */
    readonly doesRotate?: boolean;
  };
  /** Requests in ten seconds; by default 100. */
  readonly tenSecondLimit?: number;
  /** Custom text properties of every type; those named here have unique values. */
  readonly uniqueProperties?: readonly string[];
}

/** A refusal in the form of HubSpot. */
class HubspotRefusal extends Error {
  constructor(
    readonly status: number,
    readonly category: string,
    message: string,
    readonly extra: object = {},
  ) {
    super(message);
  }
}

const TYPES = Object.keys(HUBSPOT_PROPERTIES) as HubspotType[];
const WINDOW_MS = 10_000;
const notFound = (): HubspotRefusal => new HubspotRefusal(404, 'OBJECT_NOT_FOUND', 'resource not found');
const invalid = (message: string): HubspotRefusal => new HubspotRefusal(400, 'VALIDATION_ERROR', message);

/**
 * One HubSpot account: contacts, calls, meetings, tasks and deals with their properties and associations.
 * Strict where HubSpot is: unknown properties, wrong options, values that must be unique, missing
 * timestamps, tokens and limits. Sources: "Error handling", "API usage guidelines", "Search" and
 * "Associations v4" of HubSpot's developers' documentation.
 */
export class HubspotSimulator extends BusinessSimulator {
  readonly records: Record<HubspotType, HubspotRecord[]> = this.none();
  /** `calls/1 contacts/2`, each once. */
  readonly associations = new Set<string>();
  /** A search does not find what was made, as in the real one for some seconds. */
  isSearchBehind = false;
  private readonly properties = new Map<HubspotType, Record<string, HubspotProperty>>();
  private readonly validTokens = new Set<string>();
  private readonly refreshTokens: RefreshTokens;
  private lastId = 100;
  private window: number[] = [];

  constructor(private readonly options: HubspotOptions) {
    super();
    this.validTokens.add(options.token);
    const { doesRotate = false, refreshToken } = options.oauth ?? { refreshToken: '' };
    this.refreshTokens = new RefreshTokens(doesRotate, refreshToken);
    const unique = (options.uniqueProperties ?? ['tandem_id']).map(
      (name) => [name, { hasUniqueValue: true }] as const,
    );
    for (const type of TYPES)
      this.properties.set(type, { ...HUBSPOT_PROPERTIES[type], ...Object.fromEntries(unique) });
  }

  /** Ends every token that was given by OAuth. */
  expireTokens(): void {
    this.validTokens.clear();
    this.validTokens.add(this.options.token);
  }

  /** Adds a text property, as an administrator would. */
  addProperty(type: HubspotType, name: string): void {
    this.properties.set(type, { ...this.properties.get(type), [name]: {} });
  }

  /** Adds a record the business has already. */
  add(type: HubspotType, properties: Record<string, string>): HubspotRecord {
    const record = { id: String((this.lastId += 1)), properties: { ...properties } };
    this.records[type].push(record);
    return record;
  }

  protected answer(request: BusinessRequest): Reply {
    try {
      if (request.path === '/oauth/v1/token') return this.giveToken(request);
      this.admit(request);
      return this.route(request);
    } catch (error) {
      if (!(error instanceof HubspotRefusal)) throw error;
      const { status, category, message, extra } = error;
      const body = { status: 'error', message, correlationId: randomUUID(), category, ...extra };
      return { status, body, headers: status === 429 ? { 'retry-after': '1' } : {} };
    }
  }

  private none(): Record<HubspotType, HubspotRecord[]> {
    return { contacts: [], calls: [], meetings: [], tasks: [], deals: [] };
  }

  private giveToken(request: BusinessRequest): Reply {
    const form = formOf(request);
    const { oauth } = this.options;
    const isKnown =
      oauth !== undefined &&
      form?.get('grant_type') === 'refresh_token' &&
      form.get('client_id') === oauth.clientId &&
      form.get('client_secret') === oauth.clientSecret;
    const refreshToken = isKnown ? this.refreshTokens.use(form.get('refresh_token') ?? '') : null;
    if (refreshToken === null)
      return {
        status: 400,
        body: { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token' },
      };
    const token = `at-${randomUUID()}`;
    this.validTokens.add(token);
    return {
      status: 200,
      body: {
        token_type: 'bearer',
        refresh_token: refreshToken,
        access_token: token,
        expires_in: 1_800,
      },
    };
  }

  private admit({ headers, method }: BusinessRequest): void {
    const [, token = ''] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
    if (!this.validTokens.has(token)) {
      if (token.startsWith('at-'))
        throw new HubspotRefusal(
          401,
          'EXPIRED_AUTHENTICATION',
          'The OAuth token used to make this call expired 7 second(s) ago.',
        );
      throw new HubspotRefusal(
        401,
        'INVALID_AUTHENTICATION',
        'Authentication credentials not found. This API supports OAuth 2.0 authentication.',
      );
    }
    const now = Date.now();
    this.window = [...this.window.filter((at) => now - at < WINDOW_MS), now];
    if (this.window.length > (this.options.tenSecondLimit ?? 100))
      throw new HubspotRefusal(429, 'RATE_LIMITS', 'You have reached your ten_secondly_rolling limit.', {
        errorType: 'RATE_LIMIT',
        policyName: 'TEN_SECONDLY_ROLLING',
      });
    const isJson = /^application\/json\b/.test(headers['content-type'] ?? '');
    if ((method === 'POST' || method === 'PATCH') && !isJson)
      throw new HubspotRefusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type');
  }

  private route(request: BusinessRequest): Reply {
    const { method, path } = request;
    const parts = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    const [root, version, kind, type = '', ...rest] = parts;
    if (root !== 'crm' || !TYPES.includes(type as HubspotType)) throw notFound();
    const of = type as HubspotType;
    switch (`${method} ${version}/${kind}`) {
      case 'PUT v4/objects':
        return this.associate(of, rest);
      case 'GET v3/properties':
        return this.describe(of, rest[0] ?? '');
      case 'POST v3/objects':
        return this.post(of, rest.join('/'), request);
      case 'GET v3/objects':
        return { status: 200, body: this.shown(this.known(of, rest[0] ?? '', request)) };
      case 'PATCH v3/objects':
        return this.patch(of, this.known(of, rest[0] ?? '', request), request);
      default:
        throw notFound();
    }
  }

  private post(type: HubspotType, action: string, request: BusinessRequest): Reply {
    if (action === 'batch/upsert') return this.upsert(type, request);
    if (action === 'search') return this.search(type, request);
    if (action !== '') throw notFound();
    return { status: 201, body: this.shown(this.make(type, propertiesIn(jsonOf(request)))) };
  }

  private patch(type: HubspotType, record: HubspotRecord, request: BusinessRequest): Reply {
    this.write(type, record, propertiesIn(jsonOf(request)));
    return { status: 200, body: this.shown(record) };
  }

  private known(type: HubspotType, id: string, { query }: BusinessRequest): HubspotRecord {
    const record = this.find(type, id, query.get('idProperty'));
    if (record === undefined) throw notFound();
    return record;
  }

  private describe(type: HubspotType, name: string): Reply {
    const property = this.properties.get(type)?.[name];
    if (property === undefined) throw notFound();
    return {
      status: 200,
      body: { name, type: 'string', fieldType: 'text', hasUniqueValue: property.hasUniqueValue ?? false },
    };
  }

  private upsert(type: HubspotType, request: BusinessRequest): Reply {
    const inputs = jsonOf(request)?.['inputs'];
    if (!Array.isArray(inputs) || inputs.length === 0 || inputs.length > 100)
      throw invalid('Invalid input JSON: inputs must have 1 to 100 elements');
    const results = inputs.map((input: Record<string, unknown>) => {
      const { id, idProperty } = input;
      if (typeof id !== 'string' || typeof idProperty !== 'string')
        throw invalid('Some required fields were not set: [id, idProperty]');
      this.refuseUnlessUnique(type, idProperty);
      const properties = { [idProperty]: id, ...propertiesIn(input) };
      const known = this.find(type, id, idProperty);
      if (known) this.write(type, known, properties);
      const record = known ?? this.make(type, properties);
      return { ...this.shown(record), new: known === undefined };
    });
    return {
      status: results.some((result) => result.new) ? 201 : 200,
      body: { status: 'COMPLETE', results },
    };
  }

  private search(type: HubspotType, request: BusinessRequest): Reply {
    const groups = jsonOf(request)?.['filterGroups'];
    if (!Array.isArray(groups) || groups.length === 0 || groups.length > 5)
      throw invalid('filterGroups: 1 to 5 are allowed');
    const found = this.isSearchBehind
      ? []
      : this.records[type].filter(({ properties }) =>
          groups.some((group: { filters?: Filter[] }) =>
            (group.filters ?? []).every((filter) => this.matches(type, properties, filter)),
          ),
        );
    const results = found.slice(0, 100).map((record) => this.shown(record));
    return { status: 200, body: { total: found.length, results } };
  }

  private matches(type: HubspotType, properties: Record<string, string>, filter: Filter): boolean {
    const { propertyName, operator, value } = filter;
    if (this.properties.get(type)?.[propertyName] === undefined)
      throw invalid(`There was a problem with the request. Unknown property: ${propertyName}`);
    if (operator === 'NOT_HAS_PROPERTY' && value === undefined) return !properties[propertyName];
    if (operator !== 'EQ' || typeof value !== 'string') throw invalid('Invalid filter: operator and value');
    return properties[propertyName]?.toLowerCase() === value.toLowerCase();
  }

  private associate(type: HubspotType, rest: readonly string[]): Reply {
    const [from = '', associations, usual, toType, to = ''] = rest;
    if (associations !== 'associations' || usual !== 'default') throw notFound();
    if (toType !== 'contacts' || type === 'contacts')
      throw invalid(`No default association between ${type} and ${toType}`);
    if (!this.find(type, from, null) || !this.find('contacts', to, null)) throw notFound();
    this.associations.add(`${type}/${from} contacts/${to}`);
    return { status: 200, body: { status: 'COMPLETE', results: [{ from: { id: from }, to: { id: to } }] } };
  }

  private find(type: HubspotType, id: string, idProperty: string | null): HubspotRecord | undefined {
    if (idProperty === null) return this.records[type].find((record) => record.id === id);
    this.refuseUnlessUnique(type, idProperty);
    return this.records[type].find(({ properties }) => properties[idProperty] === id);
  }

  private refuseUnlessUnique(type: HubspotType, name: string): void {
    if (this.properties.get(type)?.[name]?.hasUniqueValue !== true)
      throw invalid(`Property '${name}' is not a unique property of ${type}`);
  }

  private make(type: HubspotType, properties: Record<string, string>): HubspotRecord {
    const missing = (HUBSPOT_REQUIRED[type] ?? []).filter((name) => !properties[name]);
    if (missing.length > 0)
      throw invalid(`Error creating ${type}. Required properties: ${missing.join(',')}`);
    this.check(type, null, properties);
    return this.add(type, properties);
  }

  private write(type: HubspotType, record: HubspotRecord, properties: Record<string, string>): void {
    this.check(type, record.id, properties);
    Object.assign(record.properties, properties);
  }

  private check(type: HubspotType, id: string | null, properties: Record<string, string>): void {
    const wrong = Object.entries(properties).flatMap(([name, value]) => this.wrongs(type, name, value));
    if (wrong.length > 0) throw invalid(`Property values were not valid: ${JSON.stringify(wrong)}`);
    for (const [name, value] of Object.entries(properties)) {
      if (this.properties.get(type)?.[name]?.hasUniqueValue !== true || value === '') continue;
      const other = this.records[type].find(
        (record) => record.id !== id && record.properties[name]?.toLowerCase() === value.toLowerCase(),
      );
      if (other && type === 'contacts' && name === 'email')
        throw new HubspotRefusal(409, 'CONFLICT', `Contact already exists. Existing ID: ${other.id}`);
      if (other) throw invalid(`${name} must be unique: ${value} is the value of ${other.id}`);
    }
  }

  private wrongs(type: HubspotType, name: string, value: string): object[] {
    const property = this.properties.get(type)?.[name];
    const wrong = (message: string, error: string) => ({
      isValid: false,
      message,
      error,
      name,
      localizedErrorMessage: message,
    });
    if (property === undefined) return [wrong(`Property "${name}" does not exist`, 'PROPERTY_DOESNT_EXIST')];
    if (property.options && !property.options.includes(value))
      return [
        wrong(
          `${value} was not one of the allowed options: [${property.options.join(', ')}]`,
          'INVALID_OPTION',
        ),
      ];
    if (name === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value))
      return [wrong(`Email address ${value} is invalid`, 'INVALID_EMAIL')];
    return [];
  }

  private shown({ id, properties }: HubspotRecord) {
    const at = new Date(0).toISOString();
    return { id, properties: { ...properties }, createdAt: at, updatedAt: at, archived: false };
  }
}

interface Filter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value?: unknown;
}

function propertiesIn(body: Record<string, unknown> | null): Record<string, string> {
  const properties = body?.['properties'];
  if (typeof properties !== 'object' || properties === null) throw invalid('Invalid input JSON: properties');
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)]));
}
