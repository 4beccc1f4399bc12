import {
  invalidType,
  missingParameter,
  outOfRange,
  refusal,
  tooLong,
  unknownParameter,
  unsupportedValue,
  type ApiError,
} from './api-error.ts';
import { asArray, asString, isObject, type JsonObject } from './json.ts';
import type { Schema, SchemaSet } from './schema.ts';

/**
 * Returns the API's error for a value the schema refuses: the first fault in the order type, missing field,
 * unknown field, contents. Ajv decides whether there is a fault; this finds its name. Null when it finds
 * none.
 */
export function diagnose(set: SchemaSet, definition: string, value: unknown): ApiError | null {
  return new Diagnosis(set).of({ $ref: `#/$defs/${definition}` }, value, '');
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

const WORDS: Record<string, string> = {
  object: 'an object',
  array: 'an array of objects',
  string: 'a string',
  integer: 'an integer',
  number: 'a decimal',
  boolean: 'a boolean',
  null: 'null',
};

function hasType(type: unknown, value: unknown): boolean {
  switch (type) {
    case undefined:
      return true;
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

class Diagnosis {
  private readonly set: SchemaSet;

  constructor(set: SchemaSet) {
    this.set = set;
  }

  of(schema: Schema, value: unknown, path: string): ApiError | null {
    const node = this.resolve(schema);
    if (!hasType(node['type'], value))
      return invalidType(path, WORDS[String(node['type'])] ?? String(node['type']), value);
    return (
      this.ofScalar(node, value, path) ??
      this.ofArray(node, value, path) ??
      this.ofObject(node, value, path) ??
      this.ofUnion(node, value, path)
    );
  }

  private resolve(schema: Schema): Schema {
    let node = schema;
    for (let ref = asString(node['$ref']); ref !== undefined; ref = asString(node['$ref'])) {
      const name = ref.replace('#/$defs/', '');
      node = this.set.$defs[name] ?? {};
    }
    return node;
  }

  private ofScalar(node: Schema, value: unknown, path: string): ApiError | null {
    const allowed = literals(node);
    if (allowed.length > 0 && !allowed.includes(value)) return unsupportedValue(path, value, allowed);
    if (typeof value === 'number') return boundsFault(node, value, path);
    if (typeof value !== 'string') return null;
    const maxLength = node['maxLength'];
    if (typeof maxLength === 'number' && value.length > maxLength)
      return tooLong(path, maxLength, value.length);
    const pattern = asString(node['pattern']);
    if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
      return refusal(
        'invalid_value',
        `Invalid '${path}': string does not match pattern. Expected a string that matches the pattern ` +
          `'${pattern}'.`,
        path,
      );
    }
    return null;
  }

  private ofArray(node: Schema, value: unknown, path: string): ApiError | null {
    if (!Array.isArray(value)) return null;
    const minItems = node['minItems'];
    if (typeof minItems === 'number' && value.length < minItems) {
      return refusal(
        'empty_array',
        `Invalid '${path}': empty array. Expected an array with minimum length ${minItems}, but got an ` +
          'empty array instead.',
        path,
      );
    }
    const items = node['items'];
    if (!isObject(items)) return null;
    for (const [index, entry] of value.entries()) {
      const found = this.of(items, entry, `${path}[${index}]`);
      if (found) return found;
    }
    return null;
  }

  private ofObject(node: Schema, value: unknown, path: string): ApiError | null {
    if (!isObject(value)) return null;
    const properties = isObject(node['properties']) ? node['properties'] : {};
    for (const key of asArray(node['required'])) {
      if (!Object.hasOwn(value, String(key))) return missingParameter(join(path, String(key)));
    }
    return (
      this.ofKind(properties, value, path) ??
      this.ofUnknown(node, properties, value, path) ??
      this.ofKnown(properties, value, path)
    );
  }

  /**
   * A wrong `type` or `role` explains the rest, so it is named before a field that only another kind knows.
   */
  private ofKind(properties: JsonObject, value: JsonObject, path: string): ApiError | null {
    const { type, role } = properties;
    return this.ofKnown(
      { ...(isObject(type) ? { type } : {}), ...(isObject(role) ? { role } : {}) },
      value,
      path,
    );
  }

  private ofKnown(properties: JsonObject, value: JsonObject, path: string): ApiError | null {
    for (const [key, child] of Object.entries(properties)) {
      if (!Object.hasOwn(value, key)) continue;
      const found = this.of(child as Schema, value[key], join(path, key));
      if (found) return found;
    }
    return null;
  }

  private ofUnknown(node: Schema, properties: JsonObject, value: JsonObject, path: string): ApiError | null {
    const rest = node['additionalProperties'];
    if (rest === undefined || rest === true) return null;
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(properties, key)) continue;
      if (!isObject(rest)) return unknownParameter(join(path, key));
      const found = this.of(rest, value[key], join(path, key));
      if (found) return found;
    }
    return null;
  }

  private ofUnion(node: Schema, value: unknown, path: string): ApiError | null {
    const branches = this.flatten(asArray(node['anyOf']) as Schema[]);
    if (branches.length === 0) return null;
    const faults = branches.map((branch) => this.of(branch, value, path));
    if (faults.includes(null)) return null;
    if (isObject(value)) return this.ofObjectUnion(branches, value, path);
    const sameType = branches.filter((branch) => hasType(branch['type'], value));
    const supported = sameType.flatMap(literals);
    if (supported.length > 0) return unsupportedValue(path, value, supported);
    const [only] = sameType;
    if (only) return this.of(only, value, path);
    const expected = [...new Set(branches.map((branch) => WORDS[String(branch['type'])] ?? 'a value'))].join(
      ' or ',
    );
    return invalidType(path, `one of ${expected}`, value);
  }

  private flatten(branches: readonly Schema[]): Schema[] {
    return branches.flatMap((branch) => {
      const node = this.resolve(branch);
      return node['anyOf'] === undefined ? [node] : this.flatten(asArray(node['anyOf']) as Schema[]);
    });
  }

  /**
   * Picks the branch the value means by its literal fields (`type`, then `role`) and reports that branch's
   * fault.
   */
  private ofObjectUnion(branches: readonly Schema[], value: JsonObject, path: string): ApiError | null {
    let meant = branches.filter((branch) => branch['type'] === 'object');
    for (const key of ['type', 'role']) {
      const supported = meant.flatMap((branch) => this.literalsOf(branch, key));
      if (supported.length === 0) continue;
      if (!Object.hasOwn(value, key)) {
        if (meant.length > 1) return missingParameter(join(path, key));
        continue;
      }
      const fitting = meant.filter((branch) => this.literalsOf(branch, key).includes(value[key]));
      if (fitting.length === 0) return unsupportedValue(join(path, key), value[key], supported);
      meant = fitting;
    }
    const branch = meant[0];
    return branch ? this.of(branch, value, path) : invalidType(path, 'a value of another type', value);
  }

  private literalsOf(branch: Schema, key: string): unknown[] {
    const property = isObject(branch['properties']) ? branch['properties'][key] : undefined;
    return isObject(property) ? literals(this.resolve(property)) : [];
  }
}

function literals(node: Schema): unknown[] {
  return node['const'] === undefined ? asArray(node['enum']) : [node['const']];
}

function boundsFault(node: Schema, value: number, path: string): ApiError | null {
  const kind = node['type'] === 'integer' ? 'integer' : 'decimal';
  const { minimum, maximum } = node;
  if (typeof minimum === 'number' && value < minimum) return outOfRange(path, value, { min: minimum }, kind);
  if (typeof maximum === 'number' && value > maximum) return outOfRange(path, value, { max: maximum }, kind);
  return null;
}
