// Asks the search of the built book what readers type, and counts how often one of the
// first three results is a section that answers it.
//
// Usage: node tests/ask_search.mjs LANGUAGE
//
// chapters/NAME/queries has the questions: LANGUAGE: WORDS = ID ..., where an ID is that of
// a heading. Prints the questions that lead elsewhere. Ends with status 1 if the share of
// answered questions is below the limit of the language, if an ID is not in the book, or if a
// line is not as above.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';

// The smallest share of answered questions that passes: raise it when the search improves.
const least = { en: 0.975, ko: 0.97 };

const top = fileURLToPath(new URL('..', import.meta.url));
const read = (...path) => readFileSync(join(top, ...path), 'utf8');
const [language] = process.argv.slice(2);
globalThis.window = globalThis;
for (const script of ['docs/theme/engine.js', `build/book/${language}/synonyms.js`, `build/book/${language}/search-index.js`])
  runInThisContext(read(script), script);
const { Index, setSynonyms } = globalThis.bookEngine;
setSynonyms(globalThis.searchSynonyms);
const index = new Index(globalThis.searchIndex);
const headings = new Set(globalThis.searchIndex.filter(entry => entry.kind === 'text').map(entry => entry.id));

const wrong = [], missed = [];
let asked = 0;
for (const chapter of readdirSync(join(top, 'chapters')).sort()) {
  const file = `chapters/${chapter}/queries`;
  if (!existsSync(join(top, file))) continue;
  read(file).split('\n').forEach((line, i) => {
    const [, spoken, words, ids] = line.match(/^([a-z]+): (.+) = ([\w -]+)$/) ?? [];
    const place = `${file}:${i + 1}`;
    if (line && !line.startsWith('#') && !spoken) wrong.push(`${place}: write LANGUAGE: WORDS = ID ...`);
    if (spoken !== language) return;
    const wanted = ids.split(' ');
    for (const id of wanted)
      if (!headings.has(id)) wrong.push(`${place}: "${words}" leads to the heading ${id}, which the book does not have: write the id of another, or remove it`);
    const found = index.search(words).results.slice(0, 3).map(({ section }) => section.entries[0].id);
    asked++;
    if (!found.some(id => wanted.includes(id))) missed.push(`${place}: "${words}" leads to ${found.join(', ') || 'nothing'}`);
  });
}
const share = asked ? (asked - missed.length) / asked : 1;
console.log([...wrong, ...missed].join('\n'));
console.log(`${language}: ${asked - missed.length} of ${asked} questions are answered, ${(100 * share).toFixed(1)} %`);
if (share < least[language]) console.log(`That is less than ${100 * least[language]} %: add the missing synonyms to docs/filters/synonyms/${language}`);
process.exitCode = wrong.length || share < least[language] ? 1 : 0;
