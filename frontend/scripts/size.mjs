/** Fails when what a first visit loads has grown over its budget. Sizes are gzipped, in kB. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const STATIC = fileURLToPath(new URL('../../src/nowboard/web/static/', import.meta.url));
/** Entry: what every page needs before it shows anything. Dashboard: what a dashboard loads besides. Total: everything. */
const BUDGETS = { 'entry script': 190, 'entry style': 30, 'dashboard script': 75, 'all scripts': 650 };

const kilobytes = (file) => gzipSync(readFileSync(`${STATIC}${file}`)).length / 1000;
const index = readFileSync(`${STATIC}index.html`, 'utf8');
const assets = readdirSync(`${STATIC}assets`).map((name) => `assets/${name}`);
const sum = (files) => files.reduce((total, file) => total + kilobytes(file), 0);
const entry = (extension) => assets.filter((file) => file.endsWith(extension) && index.includes(file));

const sizes = {
  'entry script': sum(entry('.js')),
  'entry style': sum(entry('.css')),
  'dashboard script': sum(assets.filter((file) => /\/Dashboard\w*-[^/]+\.js$/.test(file))),
  'all scripts': sum(assets.filter((file) => file.endsWith('.js'))),
};
let over = false;
for (const [name, size] of Object.entries(sizes)) {
  const budget = BUDGETS[name];
  over ||= size > budget;
  console.log(
    `${name.padEnd(16)} ${size.toFixed(1).padStart(7)} kB of ${budget} kB${size > budget ? '  OVER BUDGET' : ''}`,
  );
}
process.exit(over ? 1 : 0);
