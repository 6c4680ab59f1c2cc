// Checks the search: what it finds in each language, by keyboard, and that
// the page it leads to has the found text marked.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { arrive, chapters, folder, languages, top, violations } from './support.mjs';
import { inPage } from './shared.mjs';

async function openSearch(page) {
  await page.keyboard.press('/');
  await page.waitForFunction(() => window.searchIndex);
  await page.waitForFunction(() => document.activeElement?.matches('dialog[open] input'));
}
// A text without spaces and in lower case, as the search compares it.
const plain = text => text.normalize('NFC').toLowerCase().replace(/\s+/g, '');
const results = page => page.locator('dialog[open] a[href*="#"]').evaluateAll(links => links.map(link => ({
  href: link.getAttribute('href'), text: link.textContent, kind: link.className.replace('in-', ''),
  section: link.closest('section').querySelector('h2').textContent,
  marks: [...link.closest('section').querySelectorAll('mark')].map(mark => mark.textContent),
})));
async function find(page, query) {
  await page.locator('dialog[open] input').fill(query);
  await page.waitForTimeout(100);
  return results(page);
}

// The entries of the index of a language: { page, id, title, kind, text }.
function entriesOf(language) {
  const window = {};
  new Function('window', readFileSync(join(folder, language, 'search-index.js'), 'utf8'))(window);
  return window.searchIndex;
}
const plains = new Map();
const plainOf = entry => plains.get(entry) ?? plains.set(entry, plain(entry.title + entry.text)).get(entry);
const count = (entries, text) => entries.filter(e => plainOf(e).includes(plain(text))).length;
// What an entry of this kind has, and few others have: [entry, the text that matches].
function rare(entries, kind, pattern) {
  let best, fewest = Infinity;
  for (const entry of entries.filter(e => e.kind === kind))
    for (const [text] of entry.text.matchAll(pattern)) {
      if (fewest === 1) return best;
      // A part of a word is one of the queries.
      const n = count(entries, text.slice(1, -1));
      if (n < fewest) [best, fewest] = [[entry, text], n];
    }
  assert(best, `no ${kind} has ${pattern}`);
  return best;
}
// A name without the Korean particle after it, or Korean.
const word = /[a-z\d_]{5,}|[가-힣]{5,}/giu, phrase = /[\p{L}\p{N}]{3,} [\p{L}\p{N}]+ [\p{L}\p{N}]{2,}/gu;

// What a reader types; the text, or one of the texts, that must be marked; the page that must be among
// the results, and the kind of one of them. Made from the book's own index.
function queriesOf(language) {
  const entries = entriesOf(language), queries = [];
  const add = (query, mark, { page }, kind) => queries.push([query, mark, `${page}.html`, kind]);
  for (const kind of new Set(entries.map(e => e.kind))) {
    const [entry, text] = rare(entries, kind, word);
    add(text, text, entry, kind);
    add(text.toUpperCase(), text, entry, kind);
    add(text.slice(1, -1), text.slice(1, -1), entry, kind);
    // Another rare word of the entry, which is not beside the first. A common one may have synonyms.
    const [other] = entry.text.match(word).filter(w => w !== text && !plain(entry.text).includes(plain(text + w)))
      .sort((a, b) => count(entries, a) - count(entries, b));
    if (other) add(`${text} ${other}`, [text, other], entry);
  }
  const [output, line] = rare(entries, 'output', phrase);
  add(line, line, output, 'output');
  const [listing, call] = rare(entries, 'listing', /\w{4,}\(\w+, \w+/g);
  add(call, call, listing, 'listing');
  const [section, words] = rare(entries, 'text', language === 'ko' ? /[가-힣]{2,} [가-힣]{2,}/g : phrase);
  add(words, words, section);
  add(words.toUpperCase(), words, section);
  if (language === 'ko') {
    add(words.replace(' ', ''), words, section);
    add(words.normalize('NFD'), words, section);
  }
  return { entries, queries, word: rare(entries, 'listing', word)[1], line, words: words.replace(language === 'ko' ? ' ' : '', '') };
}
const asked = Object.fromEntries(languages.map(language => [language, queriesOf(language)]));

for (const language of languages) {
  inPage(`finds what is typed, ${language}`, {}, async (page, base) => {
    await page.goto(`${base}${language}/${chapters[0]}.html`);
    await openSearch(page);
    const missed = [];
    for (const [query, mark, target, kind] of asked[language].queries) {
      const found = await find(page, query);
      const miss = what => missed.push(`${query}: ${what}; found ${JSON.stringify(found.slice(0, 3))}`);
      if (!found.length) { miss('nothing'); continue; }
      if (found.length > 20) miss(`${found.length} results at once`);
      if (!found.some(r => r.href.startsWith(target))) miss(`nothing in ${target}`);
      if (kind && !found.some(r => r.kind === kind)) miss(`no ${kind}`);
      if (!found.some(r => r.marks.some(m => [mark].flat().map(plain).includes(plain(m))))) miss(`"${mark}" is not marked`);
      if (found.some(r => !r.marks.length)) miss('a result without a mark');
      if (found.some(r => r.section.trim().length < 2)) miss('a result without its section');
    }
    assert.deepEqual(missed, []);
    // The best first: a function that is in a title before one that is in a text.
    const { entries } = asked[language];
    const names = entries.flatMap(e => e.title.match(/\w+\(\)/g) ?? []);
    const name = names.find(name => entries.findIndex(e => e.text.includes(name)) < entries.findIndex(e => e.title.includes(name)));
    assert(name);
    const [first] = await find(page, name);
    assert(entries.some(e => e.title.includes(name) && first.href.startsWith(`${e.page}.html`)), JSON.stringify(first));
    // The beginning of a word before the inside of another.
    if (language === 'en') {
      const all = [...new Set(entries.flatMap(e => e.text.toLowerCase().match(/\b[a-z]{4,}\b/g) ?? []))];
      const part = all.find(w => w.length < 7 && all.some(other => other.indexOf(w) > 0) && count(entries, w) < 12);
      const found = await find(page, part);
      const inside = r => !new RegExp(`(^|[^a-z])${part}`, 'i').test(r.text);
      const sections = [...new Set(found.map(r => r.section))].map(s => found.filter(r => r.section === s));
      for (const list of [...sections, sections.map(s => s[0])]) {
        const from = list.findIndex(inside);
        assert(from < 0 || list.slice(from).every(inside), `${part}: ${JSON.stringify(list)}`);
      }
      assert(!inside(found[0]), `${part}: ${JSON.stringify(found)}`);
    }
    // Without a result, and without a query.
    const status = page.locator('dialog[open] [role=status], dialog[open] [aria-live]').first();
    assert.deepEqual(await find(page, 'qzxqzx'), []);
    const none = await status.textContent();
    assert.match(none, language === 'ko' ? /[가-힣]/ : /^[ -~’“”…]+$/);
    assert.deepEqual(await find(page, ''), []);
    assert.notEqual(await status.textContent(), none);
    for (const query of ['<b>', '.*', '\\', '(', '%', '"', "'", '\u0000', ' ', 'x'.repeat(1000)]) await find(page, query);
  });

  for (const where of ['file', 'server'])
    inPage(`loads its index when it is opened, and not before, ${language}, ${where}`, { server: where === 'server' }, async (page, base) => {
      await page.goto(`${base}${language}/${chapters[0]}.html`, { waitUntil: 'networkidle' });
      await page.mouse.move(500, 500);
      assert.equal(await page.evaluate(() => typeof window.searchIndex), 'undefined');
      assert(![...page.loaded.keys()].some(name => name.includes('search-index')));
      await page.locator('button.search').click();
      await page.waitForFunction(() => window.searchIndex);
      assert(page.loaded.has(`${language}/search-index.js`));
      assert.deepEqual(await page.evaluate(() => window.shifts), [], 'and nothing moves');
    });

  inPage(`search by keyboard, ${language}`, {}, async (page, base) => {
    await page.goto(`${base}${language}/${chapters[0]}.html`);
    await page.locator('a.switch').focus();
    await openSearch(page);
    assert.equal(await page.locator('dialog[open] input').inputValue(), '', 'the / that opened it is not typed');
    await page.keyboard.type('read');
    await page.waitForTimeout(100);
    // Down, down, up: the second result, then the first.
    const chosen = () => page.evaluate(() => {
      const active = document.activeElement;
      const option = active.getAttribute('aria-activedescendant');
      return (option ? document.getElementById(option) : active).closest('a')?.getAttribute('href');
    });
    const hrefs = (await results(page)).map(r => r.href);
    await page.keyboard.press('ArrowDown');
    const first = await chosen();
    assert(hrefs.slice(0, 2).includes(first));
    await page.keyboard.press('ArrowDown');
    assert.equal(await chosen(), hrefs[hrefs.indexOf(first) + 1]);
    const seen = await page.evaluate(() => {
      const active = document.activeElement, style = getComputedStyle(active);
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    });
    assert(seen, 'the chosen result can be seen');
    await page.keyboard.press('ArrowUp');
    assert.equal(await chosen(), first);
    // Escape closes, and the focus is where it was.
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('dialog[open]').count(), 0);
    assert(await page.evaluate(() => document.activeElement.matches('a.switch')));
    // A / that is typed in a text is a /; here the search itself.
    await openSearch(page);
    await page.locator('dialog[open] input').fill('');
    await page.keyboard.type('a/b');
    assert.equal(await page.locator('dialog[open] input').inputValue(), 'a/b');
    // Arrows do not turn the page behind it.
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(100);
    assert(page.url().includes(`${language}/${chapters[0]}.html`));
    assert.equal(await page.locator('dialog[open]').count(), 1);
  });

  inPage(`Enter leads to what was found, and marks it, ${language}`, { server: true }, async (page, base) => {
    for (const [from, query] of [
      [`${language}/index.html`, asked[language].word],
      [`${language}/${chapters[0]}.html`, asked[language].words],
      [`${language}/${chapters[1]}.html`, asked[language].line],
    ]) {
      await page.goto(base + from);
      await openSearch(page);
      const [first] = await find(page, query);
      await page.keyboard.press('Enter');
      await arrive(page, decodeURI(first.href));
      await page.waitForTimeout(300);
      assert.equal(await page.locator('dialog[open]').count(), 0);
      assert(page.url().endsWith(first.href.replace(/^[^?#]*/, '')), `${page.url()} is ${first.href}`);
      const found = await page.evaluate(() => {
        const text = node => node.toString();
        const ranges = [...CSS.highlights?.values() ?? []].flatMap(h => [...h]);
        const hits = [...ranges.map(r => [text(r), r.getBoundingClientRect()]),
          ...[...document.querySelectorAll('main mark')].map(m => [m.textContent, m.getBoundingClientRect()])];
        const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
        return { texts: hits.map(([t]) => t), target: !!target,
          inView: hits.some(([, box]) => box.height > 0 && box.top >= 40 && box.bottom <= innerHeight) };
      });
      assert(found.target, `${page.url()} leads somewhere`);
      assert(found.texts.length > 0, `nothing is marked on ${page.url()}`);
      assert(found.texts.every(t => plain(t) === plain(query)), `${found.texts.slice(0, 5)} is marked for ${query}`);
      assert(found.inView, `a hit can be seen on ${page.url()}`);
      assert.deepEqual(await page.evaluate(() => window.shifts), []);
    }
  });

  inPage(`search on a phone, in both themes, ${language}`, { viewport: { width: 320, height: 640 } }, async (page, base) => {
    await page.goto(`${base}${language}/${chapters[0]}.html`);
    await page.locator('button.search').click();
    await page.waitForFunction(() => window.searchIndex);
    await find(page, asked[language].word);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page, 'dialog'), []);
    }
    const wide = await page.evaluate(() => {
      const box = document.querySelector('dialog[open]').getBoundingClientRect();
      return document.documentElement.scrollWidth > innerWidth || box.right > innerWidth || box.left < 0;
    });
    assert(!wide);
  });

  inPage(`no search without JavaScript, ${language}`, { javaScriptEnabled: false }, async (page, base) => {
    await page.goto(`${base}${language}/${chapters[0]}.html`);
    assert.equal(await page.locator('button.search:visible, input:visible').count(), 0);
  });

  inPage(`index of terms, ${language}`, {}, async (page, base) => {
    await page.goto(`${base}${language}/index.html`);
    await page.locator('a[href="terms.html"]:visible').first().click();
    await arrive(page, '/terms.html');
    const links = await page.locator('main a[href*=".html#"]').evaluateAll(all => all.map(a => a.getAttribute('href')));
    assert(links.length > 100, `${links.length} links`);
    const text = await page.locator('main').innerText();
    // It has the functions of the tables, their flags and their errors.
    const headers = readdirSync(join(top, 'chapters'), { recursive: true }).filter(n => /^[^/]+\/functions\/.*\.h$/.test(n));
    assert(headers.length > 0);
    for (const header of headers) {
      const declared = readFileSync(join(top, 'chapters', header), 'utf8');
      for (const term of [basename(header, '.h') + '()', ...declared.match(/(?<=_Static_assert\()\w+/g) ?? []])
        assert(text.includes(term), term);
    }
    // Each link leads to an element.
    const dead = [];
    for (const name of new Set(links.map(link => link.split('#')[0]))) {
      await page.goto(`${base}${language}/${name}`);
      dead.push(...await page.evaluate(ids => ids.filter(id => !document.getElementById(id)),
        links.filter(link => link.startsWith(name + '#')).map(link => link.split('#')[1])));
    }
    assert.deepEqual(dead, []);
  });
}
