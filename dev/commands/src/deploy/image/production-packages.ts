/** The entries of package-lock.json that are used here. */
export interface LockedPackage {
  readonly version?: string;
  /** For a workspace: its folder. */
  readonly resolved?: string;
  readonly link?: boolean;
  /** npm may leave it out, for instance on another platform. */
  readonly optional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** By path: `node_modules/a`, `node_modules/a/node_modules/b`, `libs/platform`. */
export type Lockfile = Readonly<Record<string, LockedPackage>>;

export interface ProductionPackages {
  /** Folders of our own packages, the wanted one first. */
  readonly workspaces: readonly string[];
  /** Paths of packages from the registry. */
  readonly registry: readonly string[];
}

/**
 * Returns the packages a workspace needs at run time, as the lockfile has them: its dependencies, theirs and
 * so on, with required peers, without development dependencies and without optional peers.
 * @param workspace its folder, such as services/media-relay
 * @throws TypeError when the lockfile lacks one of them
 */
export function productionPackages(lock: Lockfile, workspace: string): ProductionPackages {
  const found = new Set<string>();
  const follow = (path: string): void => {
    const entry = lock[path];
    if (!entry) throw new TypeError(`package-lock.json has no ${path}: run "npm run lockfile".`);
    if (entry.link && entry.resolved) return follow(entry.resolved);
    if (found.has(path)) return;
    found.add(path);
    for (const name of neededBy(entry)) {
      const target = resolve(lock, path, name);
      if (target !== null) follow(target);
      else if (!entry.optionalDependencies?.[name])
        throw new TypeError(`package-lock.json has no ${name} for ${path}: run "npm run lockfile".`);
    }
  };
  follow(workspace);
  const paths = [...found];
  return {
    workspaces: paths.filter((path) => !path.includes('node_modules/')),
    registry: paths.filter((path) => path.includes('node_modules/')).sort(),
  };
}

function neededBy(entry: LockedPackage): string[] {
  const peers = Object.keys(entry.peerDependencies ?? {}).filter(
    (name) => !entry.peerDependenciesMeta?.[name]?.optional,
  );
  return [
    ...new Set([
      ...Object.keys(entry.dependencies ?? {}),
      ...Object.keys(entry.optionalDependencies ?? {}),
      ...peers,
    ]),
  ];
}

/** Returns where Node finds a package from a folder: in its own node_modules, else further up. */
function resolve(lock: Lockfile, from: string, name: string): string | null {
  for (let folder = from; ; folder = parentOf(folder)) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock[path]) return path;
    if (folder === '') return null;
  }
}

/** The next folder up that may hold a node_modules. */
function parentOf(folder: string): string {
  const at = folder.lastIndexOf('/node_modules/');
  return at >= 0 ? folder.slice(0, at) : '';
}
