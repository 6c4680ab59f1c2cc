// Checks the Linux in the page: nothing of it is loaded before the click; a program runs,
// is changed, compiled and traced; several terminals; the keyboard, axe-core, a phone;
// a strict content security policy; and what a reader sees where it cannot run.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chapters, engine, folder, languages, open, serve, top, violations } from './support.mjs';
import { browser, inPage } from './shared.mjs';

const skip = !existsSync(join(folder, 'machine/state.js')) && 'there is no machine: make machine, then make html';
const skipped = reason => name => test(name, { skip: reason }, () => {});
const inMachine = skip ? skipped(skip) : inPage;
const words = language => new Function('ipcMachine', readFileSync(join(folder, language, 'panel-words.js'), 'utf8') +
  'return ipcMachine.words')({});
const transcripts = () => new Function('ipcMachine', readFileSync(join(folder, 'transcripts.js'), 'utf8') +
  'return ipcMachine.transcripts')({});

const state = page => page.locator('.panel .state');
const says = (page, texts, timeout = 60000) => page.waitForFunction(texts =>
  texts.includes(document.querySelector('.panel .state')?.textContent), [texts].flat(), { timeout });
// What screen readers get from a terminal.
const screen = (page, i = 0) => page.locator('.xterm-accessibility-tree').nth(i)
  .evaluate(tree => [...tree.children].map(row => row.textContent.trimEnd()).join('\n').trim());
const shows = (page, text, i = 0) => page.waitForFunction(([text, i]) =>
  document.querySelectorAll('.xterm-accessibility-tree')[i]?.innerText.replaceAll('\u00a0', ' ').includes(text), [text, i]);
const isNew = page => page.waitForFunction(() =>
  document.querySelector('.xterm-accessibility-tree')?.innerText.replaceAll('\u00a0', ' ').trim() === '$');
const named = (page, word) => page.locator('.panel button').filter({ hasText: new RegExp(`^${word}$`) });
const press = (page, word) => named(page, word).click();
// Clicks in the page, and takes the time until the panel says one of the texts there: the
// browser driver waits longer.
const timed = async (t, name, button, texts) => t.diagnostic(`${name}: ${await button.evaluate((button, texts) => new Promise((done, fail) => {
  setTimeout(() => fail(new Error('the panel says: ' + document.querySelector('.panel .state')?.textContent)), 60000);
  const from = performance.now();
  new MutationObserver((_, observer) => {
    if (!texts.includes(document.querySelector('.panel .state')?.textContent)) return;
    observer.disconnect();
    done(Math.round(performance.now() - from));
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
  button.click();
}), texts)} ms`);
// The first listing that sends the text 123, on the first page that has one.
const chapter = chapters.find(name => {
  const page = join(folder, languages[0], name + '.html');
  return existsSync(page) && readFileSync(page, 'utf8').includes('"123"');
});
const listing = page => page.locator('figure.listing').filter({ hasText: '"123"' }).first();
async function start(page, base, language) {
  await page.goto(`${base}${language}/${chapter}.html`);
  await listing(page).locator('[data-run]').click();
  await says(page, words(language).ready);
}

for (const language of languages) {
  inMachine(`nothing is loaded before the click, ${language}`, { server: true }, async (page, base, t) => {
    await page.goto(`${base}${language}/${chapter}.html`, { waitUntil: 'networkidle' });
    const own = [...page.loaded.keys()].filter(name => /^run\./.test(name));
    assert.deepEqual([...page.loaded.keys()].filter(name => /machine|panel|transcript/.test(name)), []);
    assert(own.reduce((sum, name) => sum + page.loaded.get(name), 0) < 3500);
    await listing(page).locator('[data-run]').click();
    await says(page, words(language).ready);
    const sum = [...page.loaded].filter(([name]) => name.startsWith('machine/')).reduce((a, [, size]) => a + size, 0);
    t.diagnostic(`loaded by the click: ${sum} bytes`);
    assert(sum < 8e6, JSON.stringify([...page.loaded]));
  });

  inMachine(`run, change, trace, start over, ${language}`, {}, async (page, base, t) => {
    const word = words(language);
    await page.goto(`${base}${language}/${chapter}.html`);
    await timed(t, 'from the click to the prompt', listing(page).locator('[data-run]'), [word.ready]);
    await isNew(page);
    await timed(t, 'run', named(page, word.run), [word.same, word.differs]);
    assert.equal(await state(page).textContent(), word.same, await screen(page));
    await shows(page, '123');

    await page.locator('.panel summary').first().click();
    const editor = page.locator('.panel details textarea');
    await page.waitForFunction(() => document.querySelector('.panel details textarea').value);
    const source = await editor.inputValue();
    assert.equal(source, await listing(page).locator('pre').textContent() + '\n', 'the source of the page');
    await editor.fill(source.replace('"123"', '"124"'));
    await timed(t, 'compile and run', named(page, word.change), [word.done]);
    await shows(page, '124');

    await press(page, word.kernel);
    await page.locator('.panel details[open] pre').last().waitFor();
    await says(page, word.done);
    const calls = await page.locator('.panel pre').last().textContent();
    assert.match(calls, /^\d+ +execve\("\.\/[^]*\n\d+ +write\(\d+, "124"/, 'the calls of the changed program');
    assert.doesNotMatch(calls, /ld\.so|bash/, 'none of the linker and the shell');
    assert.match(calls, /, "124", 3\) = 3\n/, 'the result is right behind the call');

    await editor.fill('int main(void) { return x; }\n');
    await press(page, word.change);
    await says(page, word.wrong);
    assert.match(await page.locator(`.panel pre[aria-label="${word.errors}"]`).textContent(), /\.c:1: error: .*x/);
    await press(page, word.original);
    assert.equal(await editor.inputValue(), source);
    assert(await page.locator(`.panel pre[aria-label="${word.errors}"]`).isHidden(), 'the messages were about the other source');

    await press(page, word.over);
    await says(page, word.ready);
    await isNew(page);
    await press(page, word.run);
    await says(page, [word.same, word.differs]);
    assert.equal(await state(page).textContent(), word.same);

    await page.locator('.panel summary').first().click();
    assert(await editor.isHidden());
    await press(page, word.change);
    await says(page, [word.same, word.differs]);
    assert(await editor.isVisible(), 'who wants to change the program sees its source');

    await press(page, word.close);
    assert.equal(await page.locator('.panel').count(), 0);
    assert(await listing(page).locator('[data-run]').evaluate(e => e === document.activeElement), 'the focus is back');
    await listing(page).locator('[data-run]').click();
    await shows(page, '123');
  });

  inMachine(`an exercise, ${language}`, {}, async (page, base, t) => {
    const word = words(language);
    await page.goto(`${base}${language}/${chapters[0]}.html`);
    const exercise = page.locator('.exercise').first();
    const code = async name => await exercise.locator(`.${name} pre`).textContent() + '\n';
    await exercise.locator('[data-run]').click();
    await says(page, word.ready);
    const editor = page.locator('.panel details[open] textarea');
    await page.waitForFunction(() => document.querySelector('.panel details textarea').value);
    assert.equal(await editor.inputValue(), await code('skeleton'));
    await timed(t, 'judge', named(page, word.judge), [word.solved, word.unsolved, word.unjudged]);
    assert.equal(await state(page).textContent(), word.unsolved);
    const verdict = page.locator(`.panel pre[aria-label="${word.verdict}"]`);
    assert.match(await verdict.textContent(), /\.console:\d+:\n/);
    assert((await verdict.textContent()).endsWith(word.signs), 'the panel says what - and + mean');
    await press(page, word.run);
    await says(page, word.done);
    await editor.fill(await code('solution'));
    await press(page, word.judge);
    await says(page, [word.solved, word.unsolved, word.unjudged]);
    assert.equal(await state(page).textContent(), word.solved, await verdict.textContent());
    assert(await verdict.isHidden());
    // Another target has other buttons, and ends a judgement.
    await press(page, word.judge);
    await says(page, word.judging);
    await page.locator('figure.listing [data-run]').first().click();
    await says(page, word.ready);
    await press(page, word.run);
    await says(page, word.same);
    assert(await named(page, word.judge).isHidden() && await named(page, word.change).isVisible());
  });

  inMachine(`keyboard, ${language}`, {}, async (page, base) => {
    const word = words(language);
    await page.goto(`${base}${language}/${chapter}.html`);
    await listing(page).locator('[data-run]').focus();
    await page.keyboard.press('Enter');
    await says(page, word.ready);
    const focus = () => page.evaluate(() => [document.activeElement.className, document.activeElement.textContent].join());
    assert.match(await focus(), /xterm/, 'the terminal has the focus');
    await page.keyboard.type('echo one-$((1 + 1))');
    await page.keyboard.press('Enter');
    await shows(page, 'one-2');
    await page.keyboard.press('Tab');
    assert.match(await focus(), /xterm/, 'Tab is a key of the shell');
    await page.keyboard.press('F6');
    assert.doesNotMatch(await focus(), /xterm/, 'F6 leaves');
    await page.keyboard.press('Shift+Tab');
    assert.match(await focus(), /xterm/);
    await page.keyboard.press('Shift+Tab');
    assert.doesNotMatch(await focus(), /xterm/, 'Shift+Tab leaves');
    // From the source as well.
    await page.locator('.panel summary').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.panel details textarea').focus();
    await page.keyboard.press('Tab');
    assert.match(await page.locator('.panel details textarea').inputValue(), / {4}/);
    await page.keyboard.press('F6');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), word.original);
    assert.match(await page.locator('.panel').textContent(), /Shift\+Tab.*F6/, 'the panel says so');
    // The source is not lost by accident.
    assert(await page.evaluate(() => {
      const link = document.querySelector('.turn a[rel="next"]');
      let turned = false;
      link.onclick = () => { turned = true; return false; };
      document.activeElement.dispatchEvent(new window.KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
      return !turned;
    }), 'an arrow turns no page beside the panel');
    const asks = () => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
    assert(await asks(), 'the browser asks before the page is left');
    await press(page, word.original);
    assert(!await asks(), 'not if nothing would be lost');
  });

  for (const theme of ['light', 'dark']) inMachine(`axe-core with the panel, ${theme}, ${language}`, { colorScheme: theme }, async (page, base) => {
    const word = words(language);
    await start(page, base, language);
    await press(page, word.kernel);
    await says(page, [word.same, word.differs]);
    await page.evaluate(() => document.querySelectorAll('.panel details').forEach(d => { d.open = true; }));
    assert.deepEqual(await violations(page), []);
  });

  const onPhone = engine === 'firefox' ? skipped('the driver of Firefox has no touch screen') : inMachine;
  onPhone(`a phone, ${language}`, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, async (page, base) => {
    const word = words(language);
    await start(page, base, language);
    // The shell would read what comes before cat runs, so wait for the output of the line.
    await page.keyboard.type('echo run-$((1 + 1)); cat');
    await page.keyboard.press('Enter');
    await shows(page, 'run-2');
    await page.keyboard.type('one');
    await page.keyboard.press('Enter');
    await shows(page, 'one\none');
    await press(page, '\\^D');
    await shows(page, 'one\none\n$');
    await press(page, 'Ctrl');
    await page.keyboard.type('c');
    await shows(page, '^C');
    assert(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'not wider than the phone');
    const small = await page.locator('.panel button:visible').evaluateAll(buttons =>
      buttons.map(b => b.getBoundingClientRect()).filter(box => box.width < 24 || box.height < 24).length);
    assert.equal(small, 0, 'large enough for a finger');
    await press(page, word.change);
    await says(page, [word.same, word.differs]);
    assert(await page.locator('.panel details textarea').evaluate(editor =>
      editor.getBoundingClientRect().bottom <= innerHeight), 'the source is in view');
    await press(page, word.kernel);
    await says(page, [word.same, word.differs]);
    const calls = page.locator('.panel details[open] pre').last();
    assert.match(await calls.textContent(), /.{60}/);
    assert(await calls.evaluate(pre => pre.scrollWidth <= pre.clientWidth), 'a long line is not cut');
  });

  inMachine(`what a reader sees where it cannot run, ${language}`, { server: true }, async (page, base) => {
    const word = words(language);
    await page.addInitScript(() => { delete window.WebAssembly; });
    await page.goto(`${base}${language}/${chapter}.html`);
    await listing(page).locator('[data-run]').click();
    await says(page, word.nowasm);
    const torn = await serve({}, 'machine/wasm.js');
    const other = await open(browser, torn.base);
    await other.goto(`${torn.base}${language}/${chapter}.html`);
    await listing(other).locator('[data-run]').click();
    await other.waitForFunction(() => window.ipcMachine.state); // the file after it
    await says(other, word.missing.replace('%s', 'machine/wasm.js'), 1000);
    await other.context().close();
  });
}

// Each recording of the book comes out of the machine as it is in the book. Where it
// cannot, its transcript says why.
for (const name of chapters) inMachine(`all recordings, ${name}`, {}, async (page, base, t) => {
  const [language] = languages, word = words(language);
  await page.goto(`${base}${language}/${name}.html`);
  const records = await page.locator('figure.session').evaluateAll(figures => figures
    .map(figure => [figure.id, figure.querySelector('[data-record]').dataset.record.replace('.console', '')]));
  for (const [id, record] of records) {
    await page.locator(`[id="${id}"] [data-run]`).click();
    await says(page, word.ready);
    await press(page, word.run);
    await says(page, [word.same, word.differs]);
    if (/^# the machine prints otherwise: /m.test(transcripts()[record])) t.diagnostic(`${record}: otherwise, as it says`);
    else assert.equal(await state(page).textContent(), word.same, `${record}:\n${await screen(page)}`);
  }
});

// The README states a content security policy; each page and the machine work with it.
if (skip) skipped(skip)('content security policy');
else test('content security policy', async () => {
  const policy = readFileSync(join(top, 'README.md'), 'utf8').match(/^Content-Security-Policy: (.*)$/m)[1];
  const strict = await serve({ 'Content-Security-Policy': policy });
  const page = await open(browser, strict.base);
  for (const name of ['index.html', ...languages.map(l => `${l}/index.html`)]) await page.goto(strict.base + name);
  await start(page, strict.base, languages[0]);
  await press(page, words(languages[0]).run);
  await says(page, words(languages[0]).same);
  // Firefox tries to fetch the page of <link rel="next"> in advance, and reports that the
  // policy forbids it.
  const isPrefetch = text => engine === 'firefox' && /blocked the loading of a resource \(default-src\) at \S*\.html /.test(text);
  assert.deepEqual(page.problems.filter(text => !isPrefetch(text)), []);
  await page.context().close();
});
