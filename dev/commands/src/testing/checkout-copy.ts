import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { checkoutRoot } from '@tandem/stack';
import ts from 'typescript';
import { writeChanges, type Generator, type WrittenFile } from '../generators/generator.ts';
import { namesOf } from '../generators/names.ts';

const ROOT_FILES = [
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'jest.config.mjs',
  '.prettierrc.json',
  'README.md',
];
const PARTS = ['libs', 'services', 'dev'];

/** A copy of this checkout with what has been compiled, in a temporary folder, for specs that change it. */
export class CheckoutCopy {
  private constructor(readonly root: string) {}

  static make(): CheckoutCopy {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'tandem-copy-')));
    for (const name of ROOT_FILES) cpSync(join(checkoutRoot, name), join(root, name));
    for (const part of PARTS)
      cpSync(join(checkoutRoot, part), join(root, part), {
        recursive: true,
        preserveTimestamps: true,
        filter: (path) => !path.includes('node_modules'),
      });
    linkPackages(root);
    return new CheckoutCopy(root);
  }

  /** Writes the files of a generator. @throws GeneratorFault */
  async generate(generator: Generator, name: string): Promise<readonly WrittenFile[]> {
    const names = namesOf(name);
    if (!names) throw new TypeError(`"${name}" is no name.`);
    return writeChanges(this.root, generator, names);
  }

  /** Puts texts in the place of others, each of which the file holds. */
  edit(path: string, changes: Readonly<Record<string, string>>): void {
    const file = join(this.root, path);
    let text = readFileSync(file, 'utf8');
    for (const [before, after] of Object.entries(changes)) {
      if (!text.includes(before)) throw new TypeError(`${path} does not hold ${before}.`);
      text = text.replace(before, () => after);
    }
    writeFileSync(file, text);
  }

  /** Compiles these projects and what they use. */
  compile(projects: readonly string[]): Promise<void> {
    return this.run('node_modules/typescript/bin/tsc', '-b', ...projects);
  }

  /** Compiles these sources alone, which takes a moment: types are not checked. */
  transpile(paths: readonly string[]): void {
    const compilerOptions = transpileOptions(join(this.root, 'tsconfig.base.json'));
    for (const path of paths) {
      const [group = '', name = ''] = path.split('/');
      const project = join(this.root, group, name);
      const { outputText } = ts.transpileModule(readFileSync(join(this.root, path), 'utf8'), {
        compilerOptions,
        fileName: path,
      });
      const output = join(project, 'dist', relative(`${group}/${name}/src`, path).replace(/\.ts$/, '.js'));
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(output, outputText);
    }
  }

  /** Runs the unit specs in the folders of these files. */
  runUnitSpecsBeside(paths: readonly string[]): Promise<void> {
    const folders = [...new Set(paths.map((path) => dirname(path)))];
    return this.run(
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      '--selectProjects=unit',
      '--reporters=default',
      `--testPathPatterns=/(${folders.join('|')})/[^/]+$`,
    );
  }

  /** Rejects with all a program printed when it fails. */
  private async run(...args: readonly string[]): Promise<void> {
    await promisify(execFile)(process.execPath, args, { cwd: this.root, maxBuffer: 1 << 26 }).catch(
      (error: { stdout: string; stderr: string }) => {
        throw new TypeError(error.stdout + error.stderr);
      },
    );
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function transpileOptions(config: string): ts.CompilerOptions {
  const { config: json } = ts.readConfigFile(config, (file) => ts.sys.readFile(file)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...json, files: [] }, ts.sys, dirname(config));
  // Of a single file the compiler does not know that its package holds ES modules.
  const module = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
  return {
    ...options,
    ...module,
    composite: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
  };
}

/** Every package of the checkout, but the workspace's own are those of the copy. */
function linkPackages(root: string): void {
  const modules = join(checkoutRoot, 'node_modules');
  mkdirSync(join(root, 'node_modules/@tandem'), { recursive: true });
  for (const name of readdirSync(modules))
    if (name !== '@tandem') symlinkSync(join(modules, name), join(root, 'node_modules', name));
  for (const part of PARTS)
    for (const name of readdirSync(join(root, part)))
      symlinkSync(join(root, part, name), join(root, 'node_modules/@tandem', name));
}
