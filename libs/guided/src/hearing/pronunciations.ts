import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Words whose s is lost on a telephone line, where it is taken for a t: "sixth" was heard as "tenth" without
 * this.
 */
const FAINT_S: ReadonlySet<string> = new Set(['second', 'sixth', 'seventh', 'sixteenth', 'seventeenth']);

/**
 * The words we need of a pronunciation dictionary (CMU format: `word PH PH`, further ones as `word(2) PH
 * PH`). The whole has 135,000 and takes the recogniser longer to read than the utterance takes to decode.
 */
export class Pronunciations {
  private readonly lines = new Map<string, string[]>();
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly file: string) {}

  /**
   * Dictionary lines of these words; a word that the dictionary lacks has none. Rejects when the file cannot
   * be read.
   */
  async of(words: Iterable<string>): Promise<string[]> {
    const wanted = [...words];
    const missing = (): string[] => wanted.filter((word) => !this.lines.has(word));
    if (missing().length > 0) {
      this.reading = this.reading.then(
        () => this.read(missing()),
        () => this.read(missing()),
      );
      await this.reading;
    }
    return wanted.flatMap((word) => this.lines.get(word) ?? []);
  }

  private async read(words: readonly string[]): Promise<void> {
    if (words.length === 0) return;
    const found = new Map<string, string[]>(words.map((word) => [word, []]));
    for await (const line of createInterface({ input: createReadStream(this.file) })) {
      const end = line.indexOf(' ');
      const word = line.slice(0, end).replace(/\(\d+\)$/, '');
      found.get(word)?.push(line);
    }
    for (const [word, lines] of found) this.lines.set(word, [...lines, ...faintOnes(word, lines)]);
  }
}

function faintOnes(word: string, lines: readonly string[]): string[] {
  if (!FAINT_S.has(word)) return [];
  return lines.map((line, index) => {
    const sounds = line.split(' ').slice(1);
    return (
      `${word}(${lines.length + index + 1}) ` +
      `${sounds.map((sound) => (sound === 'S' ? 'T' : sound)).join(' ')}`
    );
  });
}
