// Checks every page: it opens from a folder and from a server under any path,
// without a message and without a request to another place; it is not wider than
// a phone; nothing moves while it loads; no line of a Korean text begins with a
// particle; axe-core finds no fault in both themes; and it can be read without
// JavaScript. A page, but for the book in one file, loads less than 300 KB.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chapters, files, languages, open, pages, single, violations } from './support.mjs';
import { browser, server } from './shared.mjs';

test('all pages are there', () => {
  for (const language of languages)
    for (const name of [...chapters, 'index', 'terms'])
      assert(pages.includes(`${language}/${name}.html`), `${language}/${name}.html`);
});

for (const name of pages) test(name, async t => {
  for (const [where, baseOf] of [['from the folder', () => files], ['from a server', () => server.base]])
    await t.test(where, async () => {
      const page = await open(browser, baseOf(), { viewport: { width: 320, height: 640 } });
      await page.goto(baseOf() + name, { waitUntil: 'load' });
      await page.evaluate(() => new Promise(done => setTimeout(done, 100)));
      assert.deepEqual(page.problems, []);
      assert.deepEqual(await page.evaluate(() => window.shifts), [], 'the layout shifts while the page loads');
      await page.context().close();
    });

  // A wider element is in a box that scrolls.
  await t.test('no horizontal scrolling, from 320 px to 4K', async () => {
    const page = await open(browser, files);
    for (const width of [320, 360, 768, 1024, 1280, 1440, 1920, 3840]) {
      await page.setViewportSize({ width, height: 900 });
      if (width === 320) await page.goto(files + name);
      const wide = await page.evaluate(() => {
        const edge = document.documentElement.clientWidth;
        const scrolls = element => element && element !== document.documentElement &&
          (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
        const beyond = [...document.body.querySelectorAll('*')].filter(element =>
          element.getBoundingClientRect().right > edge + 1 && !scrolls(element)).slice(0, 3)
          .map(element => element.outerHTML.slice(0, 100));
        return document.documentElement.scrollWidth > edge || beyond.length ? beyond : null;
      });
      assert.equal(wide, null, `at ${width} px: ${wide}`);
    }
    await page.context().close();
  });

  // A particle after code, a bracket or a quotation mark. Cells of tables are left
  // out, as a narrow cell may have no other place for a line break.
  if (name.startsWith('ko/')) await t.test('no line begins with a particle', async () => {
    const page = await open(browser, files);
    await page.goto(files + name);
    for (const width of [360, 700, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await page.evaluate(() => {
        const place = (node, at) => {
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + 1);
          return range.getBoundingClientRect();
        };
        const broken = [];
        const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
        for (let last, node; (node = texts.nextNode()); last = node) {
          const block = node.parentElement.closest('p, li, dd, figcaption');
          if (!block || node.parentElement.closest('td, pre')) continue;
          const pairs = [...node.data.matchAll(/[)”’][가-힣]/g)].map(({ index }) => [node, index, node, index + 1]);
          if (last && block.contains(last) && /\S$/.test(last.data) && /^[가-힣]/.test(node.data))
            pairs.push([last, last.data.length - 1, node, 0]);
          for (const [before, i, after, j] of pairs)
            if (place(before, i).width && place(after, j).top >= place(before, i).bottom - 4)
              broken.push(before.data.slice(-20) + ' | ' + after.data.slice(j, j + 10));
        }
        return broken;
      }), [], `at ${width} px`);
    }
    await page.context().close();
  });

  for (const theme of ['light', 'dark']) await t.test(`axe-core, ${theme}`, async () => {
    const page = await open(browser, files, { colorScheme: theme });
    await page.goto(files + name);
    await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });

  if (!single(name))
    await t.test('less than 300 KB, with all that it loads', async t => {
      const page = await open(browser, server.base);
      await page.goto(server.base + name, { waitUntil: 'networkidle' });
      const sum = [...page.loaded.values()].reduce((a, b) => a + b, 0);
      t.diagnostic(`${name}: ${sum} bytes in ${page.loaded.size} files`);
      assert(page.loaded.size > 1, 'its styles are separate files');
      assert(sum < 300000, JSON.stringify([...page.loaded]));
      await page.context().close();
    });

  await t.test('readable without JavaScript', async () => {
    const texts = [];
    for (const javaScriptEnabled of [true, false]) {
      const page = await open(browser, files, { javaScriptEnabled });
      await page.goto(files + name);
      texts.push(await page.evaluate(() => {
        // Leave out elements that only a script makes or uses.
        for (const made of document.querySelectorAll('main button, main [data-script]')) made.remove();
        return document.querySelector('main').innerText.replace(/\s+/g, '');
      }));
      if (!javaScriptEnabled) {
        const dead = page.locator('button:visible, input:visible, select:visible');
        assert.equal(await dead.count(), 0, 'without a script there is nothing for it to do');
        const hidden = await page.evaluate(() => [...document.querySelectorAll('.notes > li')]
          .filter(note => !note.getClientRects().length).length);
        assert.equal(hidden, 0, 'all notes are there');
      }
      await page.context().close();
    }
    assert(texts[1].length > 100);
    // The script adds some texts.
    assert(texts[1].length >= 0.98 * texts[0].length, `${texts[1].length} characters of ${texts[0].length}`);
  });
});

test('nothing was asked of the server outside of its path', () => {
  assert.deepEqual(server.strays, []);
});
