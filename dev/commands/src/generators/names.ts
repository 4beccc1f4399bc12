/** One name in every spelling the code needs. */
export interface Names {
  /** `send-fax`: folders and files. */
  readonly kebab: string;
  /** `sendFax` */
  readonly camel: string;
  /** `SendFax` */
  readonly pascal: string;
  /** `send_fax`: what a model calls a tool. */
  readonly snake: string;
  /** `send fax` */
  readonly words: string;
  /** The folder of a `<feature>/<name>`; empty for a name without one. */
  readonly feature: string;
}

const KEBAB = /^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/;

/** Returns null for a name or a feature that is not written in lower case with hyphens. */
export function namesOf(name: string): Names | null {
  const path = name.split('/');
  if (path.length > 2 || !path.every((part) => KEBAB.test(part) && part.length <= 40)) return null;
  const [kebab = '', feature = ''] = path.reverse();
  const parts = kebab.split('-');
  const pascal = parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('');
  return {
    kebab,
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    snake: parts.join('_'),
    words: parts.join(' '),
    feature,
  };
}
