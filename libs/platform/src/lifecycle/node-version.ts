/**
 * What the services run on, as `engines` of package.json has it: the range in which every dependency supports
 * Node.
 */
export const SUPPORTED_NODE = '^22.15.0 || >=24.11.0';

/** Null where this Node is supported, else one sentence. */
export function nodeProblem(version: string = process.versions.node): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if ((major === 22 && minor >= 15) || (major === 24 && minor >= 11) || major > 24) return null;
  return (
    `this is Node ${version}, and Tandem runs on Node ${SUPPORTED_NODE}; node_modules/node/bin/node, ` +
    'which the installation brings along, is one'
  );
}
