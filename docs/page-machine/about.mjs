// Prints about.js: the parts of the machine, the versions that are in it, and the sizes of
// its files, for the page that loads it.
//
// Usage: node docs/page-machine/about.mjs FOLDER BOOK
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { HARDWARE } from './machine.mjs';

const [work, book] = process.argv.slice(2);
const versions = {};
for (const line of readFileSync(`${work}/versions`, 'utf8').trim().split('\n')) {
  const [name, version] = line.split(' ');
  versions[/^linux-source/.test(name) ? 'linux' : name] = version;
}
const modules = JSON.parse(readFileSync(`${work}/node/package.json`, 'utf8')).dependencies;
const sizes = {};
for (const name of readdirSync(book))
  if (name.endsWith('.js') && name !== 'about.js' || name.endsWith('.css')) sizes[name] = statSync(`${book}/${name}`).size;
const about = { ...HARDWARE, versions: { ...versions, ...modules }, sizes };
console.log(`window.ipcMachine = window.ipcMachine || {};\nipcMachine.about = ${JSON.stringify(about, null, 1)};`);
