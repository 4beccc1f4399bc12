import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A part of a JSON schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The interface of a kind, in the file that declares it. */
export interface KindSource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly file: string;
}

/** The type says "text" only; the API server reads it. */
const QUANTITY: JsonSchema = {
  anyOf: [{ type: 'number' }, { type: 'string', pattern: '^[0-9.]+([numkMGTPE]|[KMGTPE]i|[eE][0-9]+)?$' }],
};

/**
 * Returns a JSON schema in which every kind refuses unknown fields at any depth: the declared interfaces of
 * kubernetes-models, without their descriptions. Definitions of kinds are called `<apiVersion>/<kind>`.
 */
export function makeObjectSchemas(sources: readonly KindSource[]): JsonSchema {
  const program = ts.createProgram(
    sources.map(({ file }) => file),
    {
      strict: true,
      skipLibCheck: true,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    },
  );
  const walk = new InterfaceWalk(program.getTypeChecker());
  const kinds = sources.map(({ apiVersion, kind, file }) => {
    const source = program.getSourceFile(file);
    if (!source) throw new Error(`not read: ${file}`);
    return [`${apiVersion}/${kind}`, walk.interfaceIn(source, `I${kind}`)] as const;
  });
  return { definitions: { ...walk.definitions, ...Object.fromEntries(kinds) } };
}

class InterfaceWalk {
  readonly definitions: Record<string, JsonSchema> = {};

  constructor(private readonly checker: ts.TypeChecker) {}

  interfaceIn(source: ts.SourceFile, name: string): JsonSchema {
    const declared = source.statements.find(
      (statement): statement is ts.InterfaceDeclaration =>
        ts.isInterfaceDeclaration(statement) && statement.name.text === name,
    );
    if (!declared) throw new Error(`${source.fileName} declares no ${name}`);
    return this.object(this.checker.getTypeAtLocation(declared));
  }

  private object(type: ts.Type): JsonSchema {
    const fields = this.checker.getPropertiesOfType(type);
    const indexed = type.getStringIndexType();
    const isOptional = (field: ts.Symbol) => (field.flags & ts.SymbolFlags.Optional) !== 0;
    const required = fields.filter((field) => !isOptional(field)).map(({ name }) => name);
    return {
      type: 'object',
      ...(fields.length > 0
        ? { properties: Object.fromEntries(fields.map((field) => [field.name, this.field(field)])) }
        : {}),
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: indexed ? this.schema(indexed) : fields.length === 0,
    };
  }

  private field(field: ts.Symbol): JsonSchema {
    const written = field.valueDeclaration as ts.PropertySignature | undefined;
    const text = written?.type?.getText() ?? '';
    if (/ResourceQuantity$/.test(text)) return QUANTITY;
    if (/\[key: string\]: \w*ResourceQuantity;/.test(text))
      return { type: 'object', additionalProperties: QUANTITY };
    const type = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(field));
    return this.schema(type);
  }

  private schema(type: ts.Type): JsonSchema {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (type.isUnion()) return this.union(type.types);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLike) return { type: 'boolean' };
    if (type.flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (type.flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (this.checker.isArrayType(type)) {
      const [items] = this.checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: items ? this.schema(items) : {} };
    }
    return this.reference(type);
  }

  /** Null is no value that the API server keeps: a field is absent instead. */
  private union(all: readonly ts.Type[]): JsonSchema {
    const types = all.filter(({ flags }) => !(flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)));
    const values = types.flatMap((type) => (type.isStringLiteral() ? [type.value] : []));
    if (values.length === types.length) return { enum: values };
    if (types.every(({ flags }) => flags & ts.TypeFlags.BooleanLike)) return { type: 'boolean' };
    const schemas = [
      ...new Map(types.map((type) => this.schema(type)).map((one) => [JSON.stringify(one), one])).values(),
    ];
    return schemas.length === 1 ? schemas[0]! : { anyOf: schemas };
  }

  /** An interface of a name is written once; one without a name where it stands. */
  private reference(type: ts.Type): JsonSchema {
    const symbol = type.getSymbol();
    const declaration = symbol?.declarations?.[0];
    if (!symbol || !declaration || !ts.isInterfaceDeclaration(declaration)) return this.object(type);
    const name = `${declaration
      .getSourceFile()
      .fileName.replace(/^.*node_modules\//, '')
      .replace(/\.d\.ts$/, '')}`;
    const key = name.replaceAll('/', '.');
    if (!(key in this.definitions)) {
      this.definitions[key] = {};
      this.definitions[key] = this.object(type);
    }
    return { $ref: `#/definitions/${key}` };
  }
}

/** Returns the file of a kind inside an installed package of the kubernetes-models family. */
export function fileOf(modules: string, packageName: string, apiVersion: string, kind: string): string {
  const file = join(modules, packageName, apiVersion, `${kind}.d.ts`);
  readFileSync(file);
  return file;
}
