// Builds app/static/dist: hashed bundles, one purged stylesheet, precompressed copies and the
// manifest that templates read through asset(). Run with `npm run build`.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { PurgeCSS } from 'purgecss';

const SOURCE = 'app/static/src';
const OUT = 'app/static/dist';
const TABLER = 'node_modules/@tabler/core/dist/css/tabler.min.css';
const ENTRIES = [
  'base.js', 'base.css', 'field.js', 'viewer.js', 'viewer.css', 'charts.js',
  'designer.js', 'designer.css', 'decisions.js', 'decisions.css',
];
const COPIES = ['icon.svg'];

// Classes are named in templates, in scripts and, for form controls, in Python.
const SPEAKERS = [
  'app/**/templates/**/*.html',
  'app/**/*.py',
  'forms/**/*.py',
  `${SOURCE}/**/*.js`,
];

/** Bundles every entry in memory and gives [name, bytes] pairs. */
async function bundle() {
  const built = await esbuild.build({
    entryPoints: ENTRIES.map((name) => join(SOURCE, name)),
    outdir: OUT,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    // The oldest browsers in the field: Chrome 79 WebViews and Safari 15.
    target: ['chrome79', 'safari15'],
    supported: { destructuring: true },
    loader: { '.woff': 'empty', '.woff2': 'dataurl', '.ttf': 'empty', '.eot': 'empty', '.svg': 'dataurl' },
    legalComments: 'eof',
    charset: 'utf8',
    logLevel: 'warning',
  });
  return built.outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]);
}

/** Gives the part of Tabler that some page or script names; our own rules are few and stay whole. */
async function tabler() {
  const [result] = await new PurgeCSS().purge({
    content: SPEAKERS,
    css: [{ raw: readFileSync(TABLER, 'utf8') }],
    variables: true,
    keyframes: true,
    fontFace: true,
    // A class name ends where the Chinese text beside it begins.
    defaultExtractor: (text) => text.match(/[A-Za-z_][\w-]*/g) ?? [],
    safelist: { standard: [/^htmx-/, 'is-invalid'] },
  });
  return Buffer.from(result.css);
}

/** Writes a file under a name that changes with its content, beside its compressed forms. */
function publish(name, bytes) {
  const extension = extname(name);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  const hashed = `${name.slice(0, -extension.length)}-${digest}${extension}`;
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const gzip = gzipSync(bytes, { level: 9 });
  writeFileSync(join(OUT, hashed), bytes);
  writeFileSync(join(OUT, `${hashed}.br`), brotli);
  writeFileSync(join(OUT, `${hashed}.gz`), gzip);
  console.log(`${name.padEnd(12)} ${kilobytes(bytes)} KB, gzip ${kilobytes(gzip)}, brotli ${kilobytes(brotli)}`);
  return hashed;
}

const kilobytes = (bytes) => (bytes.length / 1024).toFixed(1).padStart(6);

const files = await bundle();
// Old names go only after the new ones are known to build, so a failed build leaves the site standing.
mkdirSync(OUT, { recursive: true });
for (const name of readdirSync(OUT)) {
  if (statSync(join(OUT, name)).isFile()) rmSync(join(OUT, name));
}
const manifest = {};
for (const [name, bytes] of files) {
  manifest[name] = publish(name, name === 'base.css' ? Buffer.concat([await tabler(), bytes]) : bytes);
}
for (const name of COPIES) {
  manifest[name] = publish(name, readFileSync(join(SOURCE, name)));
}
writeFileSync(join(OUT, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
