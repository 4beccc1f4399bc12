// Builds the page into dist/page: bundled, hashed, compressed. Does nothing when nothing it reads has changed.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const checkout = dirname(dirname(root));
const page = join(root, 'dist/page');
const stamp = join(root, 'dist/page.inputs');
/** The place of control-api's nonce (services/control-api/src/console). */
const NONCE = '{{nonce}}';
const COMPRESSED = ['.js', '.css', '.svg', '.txt'];
/** Below this, a compressed copy saves less than a packet. */
const SMALL_BYTES = 1_024;

const below = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** Returns the digest of all that makes the page: its sources, this file, and the versions of packages. */
function inputs() {
  const hash = createHash('sha256').update(process.version);
  const sources = ['src', 'public', 'build'].flatMap((folder) => below(join(root, folder)));
  for (const file of [...sources, join(root, 'index.html'), join(root, 'package.json')])
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file));
  return hash.update(readFileSync(join(checkout, 'package-lock.json'))).digest('hex');
}

function isCurrent(wanted) {
  try {
    return readFileSync(stamp, 'utf8') === wanted && readdirSync(page).includes('index.html');
  } catch {
    return false;
  }
}

function compress(folder) {
  for (const file of below(folder)) {
    const bytes = readFileSync(file);
    if (!COMPRESSED.includes(extname(file)) || bytes.length < SMALL_BYTES) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

const wanted = inputs();
if (!isCurrent(wanted)) {
  // Loaded only now: most runs end above.
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  // Made beside the page and then put in its place: a service that starts meanwhile finds a whole one.
  const made = `${page}.${process.pid}`;
  rmSync(made, { recursive: true, force: true });
  await build({
    configFile: false,
    root,
    base: '/console/',
    logLevel: 'warn',
    plugins: [react()],
    html: { cspNonce: NONCE },
    build: {
      outDir: made,
      emptyOutDir: true,
      target: 'es2023',
      // A data: address is what the policy refuses for scripts and styles.
      assetsInlineLimit: 0,
      license: { fileName: 'licences.txt' },
      reportCompressedSize: false,
      rolldownOptions: {
        onLog: (level, log, print) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && print(level, log),
      },
    },
  });
  compress(made);
  mkdirSync(dirname(page), { recursive: true });
  rmSync(page, { recursive: true, force: true });
  renameSync(made, page);
  writeFileSync(stamp, wanted);
}
