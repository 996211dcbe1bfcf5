// Makes dist of what vite has built: each file compressed (NAME.br), but for index.html, into which the server writes a nonce. Where dist
// has the same content already it stays as it is, since each version of Node.js may compress to other bytes.
// It also holds the size of the first page: the entry and what it loads at once.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const built = new URL('../node_modules/.built/', import.meta.url).pathname;
const dist = new URL('../dist/', import.meta.url).pathname;
const firstPageLimit = 300_000;

function files(directory) {
  return readdirSync(directory).sort().flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

const sizes = new Map();
const wanted = new Set();
for (const path of files(built)) {
  const name = path.slice(built.length);
  const content = readFileSync(path);
  const target = join(dist, name === 'index.html' ? name : `${name}.br`);
  wanted.add(target);
  mkdirSync(dirname(target), { recursive: true });
  if (name === 'index.html') {
    writeFileSync(target, content);
    continue;
  }
  if (!existsSync(target) || !brotliDecompressSync(readFileSync(target)).equals(content)) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    writeFileSync(target, brotliCompressSync(content, { params }));
  }
  sizes.set(name, statSync(target).size);
}
for (const path of files(dist)) {
  if (!wanted.has(path)) rmSync(path);
}

const page = readFileSync(join(dist, 'index.html'), 'utf8');
const first = [...page.matchAll(/(?:src|href)="\/console\/(assets\/[^"]+)"/g)].map((match) => match[1]);
const total = first.reduce((sum, name) => sum + sizes.get(name), 0);
console.log(`first page: ${total} bytes of compressed script and style, at most ${firstPageLimit}`);
if (total > firstPageLimit) process.exit(1);
