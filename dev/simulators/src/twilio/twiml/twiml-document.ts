import type { ErrorCode } from '../reference/call-errors.ts';
import { type AttributeRule, type ElementRule, RESPONSE } from './twiml-schema.ts';
import { XmlError } from './xml-cursor.ts';
import { parseXml, type XmlElement } from './xml-parser.ts';

/** A verb or noun that passed the schema: it has only attributes and children that Twilio knows. */
export interface TwimlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly TwimlElement[];
  /** Text of the element; for `<Say>` that of its markup too. Trimmed, white space collapsed. */
  readonly text: string;
  readonly line: number;
}

interface TwimlIssue {
  readonly code: ErrorCode;
  readonly detail: string;
}

export interface TwimlDocument {
  readonly verbs: readonly TwimlElement[];
  /** Schema warnings (12200) about the parts that were ignored. */
  readonly issues: readonly TwimlIssue[];
}

type TwimlReading =
  { readonly ok: true; readonly document: TwimlDocument } | ({ readonly ok: false } & TwimlIssue);

function ruleAccepts(rule: AttributeRule, value: string): boolean {
  if (rule === true) return true;
  if ('oneOf' in rule) return rule.oneOf.includes(value);
  if ('everyOf' in rule) return value.split(/[ ,]+/).every((word) => rule.everyOf.includes(word));
  return (
    /^\d{1,9}$/.test(value) && Number(value) >= rule.integerFrom && Number(value) <= (rule.to ?? Infinity)
  );
}

/** All text below an element, markup for speech included, as it would be spoken. */
function innerText(element: XmlElement): string {
  return element.children
    .map((child) => (typeof child === 'string' ? child : ` ${innerText(child)} `))
    .join('');
}

class SchemaCheck {
  readonly issues: TwimlIssue[] = [];

  element(element: XmlElement, rule: ElementRule): TwimlElement {
    if (!rule.isSimulated) {
      this.report(element, `<${element.name}> is TwiML, but this simulator does not act on it`);
      return { name: element.name, attributes: {}, children: [], text: '', line: element.line };
    }
    return {
      name: element.name,
      attributes: this.attributes(element, rule),
      children: this.children(element, rule),
      text: this.text(element, rule),
      line: element.line,
    };
  }

  private attributes(element: XmlElement, rule: ElementRule): Record<string, string> {
    const attributes: Record<string, string> = {};
    for (const [name, value] of element.attributes) {
      const attribute = Object.hasOwn(rule.attributes, name) ? rule.attributes[name] : undefined;
      if (attribute === undefined)
        this.report(element, `attribute "${name}" is not allowed on <${element.name}>`);
      else if (!ruleAccepts(attribute, value))
        this.report(element, `"${value}" is not a value for ${name} of <${element.name}>`);
      else attributes[name] = value;
    }
    return attributes;
  }

  private children(element: XmlElement, rule: ElementRule): TwimlElement[] {
    const children: TwimlElement[] = [];
    for (const child of element.children) {
      if (typeof child === 'string') continue;
      const childRule = Object.hasOwn(rule.children, child.name) ? rule.children[child.name] : undefined;
      if (childRule) children.push(this.element(child, childRule));
      else this.report(child, `<${child.name}> is not allowed in <${element.name}>`);
    }
    return children;
  }

  private text(element: XmlElement, rule: ElementRule): string {
    const own = element.children.filter((child) => typeof child === 'string').join('');
    const text = (element.name === 'Say' ? innerText(element) : own).replace(/\s+/g, ' ').trim();
    if (rule.text === 'none' && text !== '') this.report(element, `text is not allowed in <${element.name}>`);
    if (rule.text === 'required' && text === '') this.report(element, `<${element.name}> is empty`);
    return rule.text === 'none' ? '' : text;
  }

  private report(element: XmlElement, detail: string): void {
    this.issues.push({ code: 12_200, detail: `line ${element.line}: ${detail}` });
  }
}

/**
 * Reads the body of an answer. XML that is not well-formed is 12100, another root 12102; parts unknown to the
 * schema are ignored with 12200.
 */
export function readTwiml(text: string): TwimlReading {
  let root: XmlElement;
  try {
    root = parseXml(text);
  } catch (error) {
    if (error instanceof XmlError) return { ok: false, code: 12_100, detail: error.message };
    throw error;
  }
  if (root.name !== 'Response')
    return { ok: false, code: 12_102, detail: `the root element is <${root.name}>` };
  const check = new SchemaCheck();
  const response = check.element(root, RESPONSE);
  return { ok: true, document: { verbs: response.children, issues: check.issues } };
}
