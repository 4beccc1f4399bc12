/** Files that nothing reads at run time: types, maps, papers. Licences and notices must come along. */
const UNREAD = /\.(?:[cm]?ts|tsx|map|flow|tsbuildinfo|md|markdown)$/i;
const LICENCE = /(?:^|\/)(?:licen[cs]e|notice|copying|copyright)[^/]*$/i;
/** Our code, which may be about notices. */
const SOURCE = /^(?:src|dist)\//;
/** Data our sources read where they lie. */
const DATA = /^src\/.*\.(?:json|html|css)$/;
/** Tests that packages bring along. */
const FOREIGN_TEST = /^(?:tests?|specs?|__tests__)\/|\.(?:spec|test)\.[cm]?js$/;
/** Tests among our compiled files. */
const TEST = /\.(?:spec|bench|conformance)\.js$|(?:^|\/)(?:testing|test|bench)\//;

/**
 * Returns whether an image needs a file of a package.
 * @param path below the package's folder
 * @param isOurs compiled here, beside its tests
 */
export function isKept(path: string, isOurs: boolean): boolean {
  if (LICENCE.test(path) && !(isOurs && SOURCE.test(path))) return true;
  if (UNREAD.test(path)) return false;
  if (!isOurs) return !FOREIGN_TEST.test(path);
  return path === 'package.json' || DATA.test(path) || (/^dist\//.test(path) && !TEST.test(path));
}
