import { seededRandom } from '@tandem/kit';
import { marksOf, type Row } from './tenant-rows.ts';

type Json = Readonly<Record<string, unknown>>;

/** A request of one tenant that names things of another. */
export interface ForgedRequest {
  readonly method: string;
  readonly path: string;
  /** Undefined for none. */
  readonly body: string | undefined;
  readonly contentType: string;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Json;
  readonly example?: unknown;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly contentType: string;
  readonly example: unknown;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Random requests to a service, made of its OpenAPI document and of another tenant's rows. */
export class ForgedRequests {
  private readonly operations: readonly Operation[];
  private readonly marks: readonly string[];
  private readonly random: () => number;

  constructor(
    document: unknown,
    private readonly rows: ReadonlyMap<string, Row>,
    seed: number,
  ) {
    const { paths } = document as { paths: Record<string, Record<string, Json>> };
    this.operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => toOperation(method, path, operation)),
    );
    this.marks = [...marksOf(rows.values())].filter(isNamed);
    this.random = seededRandom(seed);
  }

  next(): ForgedRequest {
    const { method, path, parameters, contentType, example } = this.oneOf(this.operations);
    const query = new URLSearchParams();
    for (const parameter of parameters)
      if (parameter.in === 'query' && (parameter.required || this.random() < 0.4))
        query.set(parameter.name, this.valueFor(parameter));
    const body = example === undefined ? undefined : this.forge(example, '');
    return {
      method,
      path:
        path
          .split('/')
          .map((part, index, parts) => this.segment(part, parts[index - 1] ?? ''))
          .join('/') + (query.size > 0 ? `?${query.toString()}` : ''),
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
      contentType,
    };
  }

  /** Returns what stands for a part of the path; the part before says what it is an id of. */
  private segment(part: string, before: string): string {
    const hole = /\{(\w+)\}/.exec(part);
    if (!hole) return part;
    const name = hole[1] ?? '';
    const value = name === 'id' ? this.idOf(before) : this.stolen(name);
    return encodeURIComponent(part.replace(hole[0], value));
  }

  private valueFor({ name, schema = {}, example }: Parameter): string {
    const { enum: choices } = schema;
    if (Array.isArray(choices)) return String(this.oneOf(choices));
    const isHonest = this.random() < 0.3 && example !== undefined;
    return isHonest || ['integer', 'number', 'boolean'].includes(String(schema['type']))
      ? String(example ?? 1)
      : this.stolen(name);
  }

  /** Returns a value of a body in which ids, and now and then other texts, are another tenant's. */
  private forge(value: unknown, name: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.forge(item, name));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.forge(inner, key)]));
    if (typeof value !== 'string') return value;
    if (UUID.test(value) || /Ids?$/.test(name)) return this.random() < 0.8 ? this.idOf(name) : value;
    return this.random() < 0.1 && name !== '' ? this.stolen(name) : value;
  }

  /** Returns the id of the row that a name stands for, such as `contacts`, `contactId`, `numbers`. */
  private idOf(name: string): string {
    const words = name.replace(/Ids?$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const stem = words.replaceAll('-', '_').replace(/(ies|s|y)$/, '');
    const meant = [...this.rows].filter(([table]) => stem !== '' && table.includes(stem));
    const ids = meant
      .flatMap(([, row]) => [row['id'], row['call_id']])
      .filter((id) => typeof id === 'string');
    return ids.length > 0 && this.random() < 0.8 ? this.oneOf(ids) : this.oneOf(this.marks);
  }

  /** Returns a value of a column of this name, or any mark. */
  private stolen(name: string): string {
    if (/id$/i.test(name)) return this.idOf(name);
    const column = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const values = [...this.rows.values()]
      .map((row) => row[column])
      .filter((value): value is string => typeof value === 'string' && isNamed(value));
    return values.length > 0 && this.random() < 0.8 ? this.oneOf(values) : this.oneOf(this.marks);
  }

  private oneOf<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item;
  }
}

/** Returns marks of rows in an answer; those that requests name are not among them, since they may be echoed. */
export function leaksOf(answer: string, marks: ReadonlySet<string>): string[] {
  return [...marks].filter((mark) => !isNamed(mark) && answer.includes(mark));
}

/** Whether requests may name a value: every id, and of the canaries every second one. */
const isNamed = (value: string): boolean => !/^canary-[0-9a-f]*[02468ace]$/.test(value);

function toOperation(method: string, path: string, operation: Json): Operation {
  const { content = {} } = (operation['requestBody'] ?? {}) as { content?: Record<string, Json> };
  const [contentType = 'application/json', media] = Object.entries(content)[0] ?? [];
  const [first] = Object.values((media?.['examples'] ?? {}) as Record<string, Json>);
  return {
    method: method.toUpperCase(),
    path,
    parameters: (operation['parameters'] ?? []) as Parameter[],
    contentType,
    example: media === undefined ? undefined : (media['example'] ?? first?.['value'] ?? {}),
  };
}
