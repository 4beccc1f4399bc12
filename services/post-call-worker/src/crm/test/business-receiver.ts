import { BusinessSimulator, type BusinessRequest } from '@tandem/simulators';

interface StoredRecord {
  readonly id: string;
  readonly key: string;
  type: unknown;
}

/** A business system with records under a key: found by it, made and changed. */
export class BusinessReceiver extends BusinessSimulator {
  readonly records: StoredRecord[] = [];

  constructor(private readonly authorization: string) {
    super();
  }

  protected override answer({ method, path, query, headers, text }: BusinessRequest) {
    if (headers.authorization !== this.authorization) return { status: 401, body: { message: 'Who is it?' } };
    const [, id] = /^\/records(?:\/(\w+))?$/.exec(path) ?? [];
    if (method === 'GET')
      return { status: 200, body: { items: this.records.filter(({ key }) => key === query.get('key')) } };
    const body = JSON.parse(text) as { key: string; type: string };
    if (method === 'POST' && id === undefined) {
      const record = { id: `r${this.records.length + 1}`, key: body.key, type: body.type };
      this.records.push(record);
      return { status: 201, body: record };
    }
    const known = this.records.find((record) => record.id === id);
    if (method !== 'PATCH' || known === undefined) return { status: 404, body: { message: 'Not found' } };
    known.type = body.type;
    return { status: 200, body: known };
  }
}
