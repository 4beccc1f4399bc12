/**
 * The supported versions of Node, as in `engines` of package.json: the range that every dependency supports.
 */
export const SUPPORTED_NODE = '^22.15.0 || >=24.11.0';

/** Returns what is wrong with this version of Node; null when it is supported. */
export function nodeProblem(version: string = process.versions.node): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if ((major === 22 && minor >= 15) || (major === 24 && minor >= 11) || major > 24) return null;
  return (
    `this is Node ${version}, and Tandem runs on Node ${SUPPORTED_NODE}; node_modules/node/bin/node, ` +
    'which the installation brings along, is one'
  );
}
