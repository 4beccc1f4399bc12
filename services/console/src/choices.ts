/** Choices kept in this browser: theme, language, columns. Never data of calls or people. */
type Choice = 'tandem-theme' | 'tandem-language' | 'tandem-zone' | `tandem-columns-${string}`;

/** Returns a choice, null where there is none or no storage. */
export function readChoice(name: Choice): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a choice where the browser allows it; without storage it lasts as long as the page. */
export function keepChoice(name: Choice, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    return;
  }
}
