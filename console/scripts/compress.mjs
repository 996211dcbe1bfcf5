// Compresses what vite has built, each file in its place (NAME.br), by a fixed level: the same sources give the same bytes.
// It also holds the size of the first page: the entry and what it loads at once.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url).pathname;
const firstPageLimit = 300_000;

function files(directory) {
  return readdirSync(directory).sort().flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

const sizes = new Map();
for (const path of files(dist)) {
  const content = readFileSync(path);
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } };
  const compressed = brotliCompressSync(content, options);
  sizes.set(path.slice(dist.length), compressed.length);
  if (path !== join(dist, 'index.html')) {
    writeFileSync(`${path}.br`, compressed);
    rmSync(path);
  }
}

const page = readFileSync(join(dist, 'index.html'), 'utf8');
const first = [...page.matchAll(/(?:src|href)="\/console\/(assets\/[^"]+)"/g)].map((match) => match[1]);
const total = first.reduce((sum, name) => sum + sizes.get(name), 0);
console.log(`first page: ${total} bytes of compressed script and style, at most ${firstPageLimit}`);
if (total > firstPageLimit) process.exit(1);
