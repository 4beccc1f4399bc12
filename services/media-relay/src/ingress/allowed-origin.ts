/** Pages opened on this machine: browsers treat their addresses as secure without TLS. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Returns whether a page of this origin may open a stream. Programs that are no browsers name none; they need
 * a ticket like everybody else.
 * @param allowed origins as browsers send them; undefined for pages opened on this machine only
 */
export function isAllowedOrigin(origin: string | undefined, allowed: readonly string[] | undefined): boolean {
  if (origin === undefined) return true;
  if (allowed !== undefined) return allowed.includes(origin);
  return URL.canParse(origin) && LOOPBACK.has(new URL(origin).hostname);
}
