const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const LIST_ITEM = /^\s*[-*•]\s+/;

const escape = (text: string): string => text.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? '');

/**
 * Returns a plain text as HTML: paragraphs and lists, everything else escaped. The writer is a model, so
 * nothing of the text becomes markup: no tags, no links, no pictures.
 */
export function mailHtml(text: string): string {
  const blocks = text
    .replace(/\r\n?/g, '\n')
    .split(/\n\s*\n/)
    .map((block) => block.split('\n').filter((line) => line.trim() !== ''))
    .filter((lines) => lines.length > 0);
  return `<!doctype html>\n<html><body>\n${blocks.map(toBlock).join('\n')}\n</body></html>\n`;
}

function toBlock(lines: readonly string[]): string {
  const first = lines.findIndex((line) => LIST_ITEM.test(line));
  if (first < 0) return `<p>${lines.map((line) => escape(line.trim())).join('<br>\n')}</p>`;
  const items = lines.slice(first).map((line) => `<li>${escape(line.replace(LIST_ITEM, '').trim())}</li>`);
  const list = `<ul>\n${items.join('\n')}\n</ul>`;
  return first === 0 ? list : `${toBlock(lines.slice(0, first))}\n${list}`;
}
