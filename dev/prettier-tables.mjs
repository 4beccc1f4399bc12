// Prettier aligns the columns of Markdown tables, which makes lines as long as the longest cell. With this
// plugin a table stays as it was written; everything around it is formatted as usual.
import { doc } from 'prettier';
import { parsers as markdownParsers, printers as markdown } from 'prettier/plugins/markdown';

const { hardline, join } = doc.builders;

// Prettier takes the printer of the plugin that has the parser.
export const parsers = { markdown: markdownParsers.markdown };

export const printers = {
  mdast: {
    ...markdown.mdast,
    print(path, options, print) {
      const { type, position } = path.node;
      if (type !== 'table') return markdown.mdast.print(path, options, print);
      const source = options.originalText.slice(position.start.offset, position.end.offset);
      return join(
        hardline,
        source.split('\n').map((line) => line.trim()),
      );
    },
  },
};
