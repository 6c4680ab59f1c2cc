// Checks the behaviour of a page: the keyboard, notes beside their lines, copying,
// themes, the other language, turning pages, the last read place, and printing.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { arrive, chapters, languages, open, top } from './support.mjs';
import { browser, inPage, server } from './shared.mjs';

const other = language => languages.find(l => l !== language);
const settle = page => page.evaluate(() => new Promise(done =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100)))));
// The element that has the focus, and whether its outline is visible.
const focus = page => page.evaluate(() => {
  const element = document.activeElement, style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return { tag: element.tagName, name: element.className, href: element.getAttribute('href'),
    inside: element.closest('header, nav, main, dialog')?.className,
    seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 &&
      box.width > 0 && box.bottom > 0 && box.top < innerHeight };
});

for (const language of languages) {
  const chapter = `${language}/${chapters[0]}.html`;

  inPage(`keyboard, ${language}`, {}, async (page, base) => {
    await page.goto(base + chapter);
    const seen = [];
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      const now = await focus(page);
      assert(now.seen, `the focus cannot be seen on ${JSON.stringify(now)}`);
      seen.push(now);
    }
    const at = predicate => {
      const i = seen.findIndex(predicate);
      assert.notEqual(i, -1, `not reached: ${predicate}\n${seen.map(s => JSON.stringify(s)).join('\n')}`);
      return i;
    };
    assert.equal(at(s => s.name.includes('skip')), 0);
    at(s => s.name.includes('search'));
    at(s => s.tag === 'SELECT' && s.name.includes('theme'));
    at(s => s.name.includes('switch'));
    at(s => s.inside === 'sidebar' && s.tag === 'A');

    // The bar is always visible, so a focus in it does not scroll the page.
    await page.evaluate(() => scrollTo(0, 3000));
    for (const name of ['.book', '.search', '.theme', '.switch']) {
      await page.locator(`.bar ${name}`).focus();
      await settle(page);
      assert.equal(await page.evaluate(() => scrollY), 3000, `${name} scrolls the page`);
    }

    // The first link skips the bar and the sidebar.
    await page.goto(base + chapter);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.notEqual((await focus(page)).inside, 'sidebar');
    assert(await page.evaluate(() => !!document.activeElement.closest('main')));
  });

  inPage(`all that can be focused shows it, ${language}`, {}, async (page, base) => {
    await page.goto(base + chapter);
    await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
    const count = await page.locator(':is(a[href], button, select, summary):visible').count();
    const hidden = new Set();
    for (let i = 0; i < Math.min(count, 150); i++) {
      await page.keyboard.press('Tab');
      const now = await focus(page);
      if (now.tag !== 'BODY' && !now.seen) hidden.add(JSON.stringify(now));
    }
    assert.deepEqual([...hidden], []);
  });

  inPage(`arrow keys turn the pages, ${language}`, {}, async (page, base) => {
    await page.goto(`${base}${language}/${chapters[1]}.html`);
    const at = () => page.url().slice(base.length).replace(/[?#].*/, '');
    for (const key of ['Shift+ArrowRight', 'Control+ArrowRight', 'Alt+ArrowUp']) {
      await page.keyboard.press(key);
      await settle(page);
      assert.equal(at(), `${language}/${chapters[1]}.html`, `${key} turns no page`);
    }
    await page.keyboard.press('ArrowRight');
    await arrive(page, `/${chapters[2]}.html`);
    await page.keyboard.press('ArrowLeft');
    await arrive(page, `/${chapters[1]}.html`);
    await page.keyboard.press('ArrowLeft');
    await arrive(page, `/${chapters[0]}.html`);
    // Each of these uses the key itself: with it the page is the same afterwards.
    const uses = {
      'while one chooses': () => page.locator('select.theme').focus(),
      'while one writes': () => page.evaluate(() => {
        document.querySelector('main p').contentEditable = true;
        document.querySelector('main p').focus();
      }),
      'while text is selected': () => page.evaluate(() =>
        document.getSelection().selectAllChildren(document.querySelector('main p'))),
      'while a table that scrolls has the focus': () => page.locator('.table').first().focus(),
      'after a click into a table that scrolls': () => page.locator('.table td').first().click(),
      'after a click into code that scrolls': () => page.locator('.listing pre').first().click(),
    };
    await page.setViewportSize({ width: 360, height: 800 });
    for (const [when, begin] of Object.entries(uses)) {
      await page.goto(`${base}${chapter}`);
      // A table and a listing that are too wide for any window.
      await page.evaluate(() => {
        const table = '<div class="table" tabindex="0"><table><tr><td style="min-width: 4000px">4</td></tr></table></div>';
        document.querySelector('main h1').insertAdjacentHTML('afterend', table);
        document.querySelector('.listing pre code').style.paddingRight = '4000px';
      });
      await begin();
      await page.keyboard.press('ArrowRight');
      await settle(page);
      assert.equal(at(), chapter, `no page is turned ${when}`);
    }
    await page.locator('main h1').click();
    await page.keyboard.press('ArrowRight');
    await arrive(page, `/${chapters[1]}.html`);
  });

  inPage(`tables and listings are seen to scroll, ${language}`, {}, async (page, base) => {
    for (const name of chapters) {
      await page.goto(`${base}${language}/${name}.html`);
      for (const width of [360, 390, 768, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        const faults = await page.evaluate(() => [...document.querySelectorAll('main table, main .listing pre')]
          .filter(wide => !wide.closest('.function')).flatMap(wide => {
            const box = wide.closest('.table[tabindex="0"][role="region"][aria-label], pre');
            if (!box) return ['has no box: ' + wide.textContent.slice(0, 40)];
            const hidden = box.scrollWidth - box.clientWidth;
            const style = getComputedStyle(box);
            const hint = style.backgroundImage.split('linear-gradient').length === 5 &&
              style.backgroundAttachment === 'local, local, scroll, scroll';
            return hidden > 0 && (!hint || innerWidth >= (wide === box ? 1024 : 768)) ? [`${hidden} px are hidden: ${box.ariaLabel ?? wide.textContent.slice(0, 40)}`] : [];
          }));
        assert.deepEqual(faults, [], `${name} at ${width} px`);
      }
    }
  });

  inPage(`code breaks between words only, ${language}`, {}, async (page, base) => {
    for (const name of chapters) {
      await page.goto(`${base}${language}/${name}.html`);
      for (const width of [360, 390, 768, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        const broken = await page.evaluate(() => {
          const box = (node, at) => {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            return range.getBoundingClientRect();
          };
          const found = new Set();
          for (const code of document.querySelectorAll('main :not(pre) > code')) {
            if (code.getClientRects().length < 2) continue;
            const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
            for (let node; (node = texts.nextNode());)
              for (let i = 1; i < node.data.length; i++)
                if (/\w\w/.test(node.data.slice(i - 1, i + 1)) && box(node, i).top >= box(node, i - 1).bottom - 3)
                  found.add(`${node.data.slice(0, i)}|${node.data.slice(i)}`);
          }
          return [...found];
        });
        assert.deepEqual(broken, [], `${name} at ${width} px`);
      }
      const breaks = await page.evaluate(() => {
        const code = document.querySelector('main p code:has(wbr)');
        if (!code) return null;
        document.getSelection().selectAllChildren(code);
        return [document.getSelection().toString(), code.textContent];
      });
      if (breaks) assert.equal(breaks[0], breaks[1], 'no trace of a break in a copy');
    }
  });

  inPage(`no blank beside or under a listing, ${language}`, {}, async (page, base) => {
    for (const name of chapters) {
      await page.goto(`${base}${language}/${name}.html`);
      for (const width of [360, 390, 768, 1280, 1440, 1920]) {
        await page.setViewportSize({ width, height: 900 });
        const blank = await page.evaluate(() => [...document.querySelectorAll('figure.listing')].flatMap(figure => {
          const box = element => element.getBoundingClientRect();
          const code = box(figure.querySelector('pre')), run = box(figure.querySelector('.run'));
          const notes = [...figure.querySelectorAll('.notes [id^="note-"]')].map(box);
          const beside = notes.length > 0 && notes[0].left >= code.right - 1;
          const last = beside || notes.length === 0 ? code : notes.at(-1);
          const end = box(figure.querySelector('.play') ?? figure.querySelector('.run')), next = figure.nextElementSibling;
          return [['the command', run.top - last.bottom], ['the button', end.top - run.bottom],
            ['what follows', next ? box(next).top - end.bottom : 0]]
            .filter(([, gap]) => gap > 90).map(([what, gap]) => `${figure.id}: ${gap} px before ${what}`);
        }));
        assert.deepEqual(blank, [], `${name} at ${width} px`);
      }
    }
  });

  inPage(`theme, ${language}`, { colorScheme: 'light' }, async (page, base) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const colours = () => page.evaluate(() => {
      const of = selector => {
        const element = document.querySelector(selector);
        if (!element) throw new Error(`there is no ${selector}`);
        const style = getComputedStyle(element);
        return [selector, style.color, style.backgroundColor, style.borderColor, style.fill, style.stroke].join();
      };
      return ['body', '.bar', 'main a', 'figcaption', '.listing pre', '.session pre', '.box',
        '.notes', '.picture svg text', '.listing .co', '.listing .dt'].map(of);
    });
    await page.goto(base + chapter);
    const light = await colours();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await colours();
    dark.forEach((colour, i) => assert.notEqual(colour, light[i], 'the theme of the system'));
    for (const [choice, system, wanted] of [['light', 'dark', light], ['dark', 'light', dark], ['dark', 'dark', dark], ['light', 'light', light]]) {
      await page.emulateMedia({ colorScheme: system });
      await page.locator('select.theme').selectOption(choice);
      assert.deepEqual(await colours(), wanted, `${choice} on a ${system} system`);
    }
    // Every page has the chosen theme before its first paint.
    await page.emulateMedia({ colorScheme: 'light' });
    await page.locator('select.theme').selectOption('dark');
    const darkGround = await ground();
    await page.addInitScript(() => {
      const grounds = window.grounds = [];
      const look = () => {
        if (document.body) grounds.push(getComputedStyle(document.body).backgroundColor);
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    for (const name of [chapter, `${other(language)}/index.html`, `${language}/terms.html`, 'index.html']) {
      await page.goto(base + name);
      await settle(page);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark', name);
      const grounds = await page.evaluate(() => window.grounds);
      assert(grounds.length > 0);
      assert.deepEqual([...new Set(grounds)], [darkGround], `${name}: a flash of the other theme`);
    }
    await page.goto(base + chapter);
    await page.locator('select.theme').selectOption('');
    assert.deepEqual(await colours(), light, 'as the system again');
    await page.reload();
    assert.deepEqual(await colours(), light, 'as the system, remembered');
  });

  inPage(`language switch at the same place, ${language}`, {}, async (page, base) => {
    await page.goto(base + chapter);
    const ids = await page.evaluate(() => [...document.querySelectorAll('main h2[id]')].map(h => h.id));
    assert(ids.length > 3);
    const id = ids[3];
    await page.evaluate(id => document.getElementById(id).scrollIntoView(), id);
    await page.evaluate(() => scrollBy(0, 40));
    await page.waitForFunction(id => document.querySelector('a.switch').hash === '#' + id, id, { timeout: 5000 });
    // A click at its position, as click() would scroll first.
    const link = await page.locator('a.switch').boundingBox();
    await page.mouse.click(link.x + link.width / 2, link.y + link.height / 2);
    await arrive(page, `/${other(language)}/${chapters[0]}.html#${id}`);
    await settle(page);
    const top = await page.evaluate(id => document.getElementById(id).getBoundingClientRect().top, id);
    assert(top >= 0 && top < 150, `the section stands at ${top} px`);
    assert.equal(await page.evaluate(() => document.documentElement.lang), other(language));
  });

  inPage(`present section is marked, ${language}`, {}, async (page, base) => {
    await page.goto(base + chapter);
    // Sections whose next heading is not in the upper part of the window when they begin there.
    const ids = await page.evaluate(() => {
      const headings = [...document.querySelectorAll('main :is(h2, h3)[id]')];
      const tops = headings.map(heading => heading.getBoundingClientRect().top);
      return headings.filter((heading, i) => heading.localName === 'h2' && tops[i + 1] - tops[i] > innerHeight / 2).map(h => h.id);
    });
    assert(ids.length > 2);
    for (const id of [ids[1], ids.at(-1), ids[0]]) {
      await page.evaluate(id => document.getElementById(id).scrollIntoView(), id);
      await settle(page);
      const current = page.locator('.sidebar a[aria-current]:not([aria-current=page])');
      assert.deepEqual(await current.evaluateAll(links => links.map(a => a.getAttribute('href'))), ['#' + id]);
      const inside = await current.evaluate(a => {
        const link = a.getBoundingClientRect(), frame = a.closest('.sidebar').getBoundingClientRect();
        return link.top >= frame.top && link.bottom <= Math.min(frame.bottom, innerHeight);
      });
      assert(inside, `${id} can be seen in the contents`);
    }
  });

  inPage(`last read place, ${language}`, { server: true }, async (page, base) => {
    await page.goto(`${base}${language}/index.html`);
    assert.equal(await page.locator('.continue:visible').count(), 0, 'nothing to go on with yet');
    await page.goto(`${base}${language}/${chapters[1]}.html`);
    const id = await page.evaluate(() => document.querySelectorAll('main h2[id]')[2].id);
    await page.evaluate(id => document.getElementById(id).scrollIntoView(), id);
    await settle(page);
    await page.goto(`${base}${language}/index.html`);
    await settle(page);
    assert.deepEqual(await page.evaluate(() => window.shifts), [], 'the offer shifts nothing');
    const link = page.locator('.continue a:visible');
    assert((await link.textContent()).length > 3);
    await link.click();
    await arrive(page, `/${language}/${chapters[1]}.html#${id}`);
    // The other language has its own last read place, here none.
    await page.goto(`${base}${other(language)}/index.html`);
    assert.equal(await page.locator('.continue:visible').count(), 0);
  });

  inPage(`notes beside their lines, ${language}`, {}, async (page, base) => {
    const layout = () => page.evaluate(() => [...document.querySelectorAll('figure.listing')].flatMap(figure => {
      // Notes that need more room than their code push those of the next listing.
      const before = [...document.querySelectorAll('.notes [id^="note-"]')].filter(note =>
        !figure.contains(note) && note.compareDocumentPosition(figure) & Node.DOCUMENT_POSITION_FOLLOWING);
      let bottom = Math.max(...before.map(note => note.getBoundingClientRect().bottom));
      return [...figure.querySelectorAll('.notes [id^="note-"]')].map(note => {
        const line = document.querySelector(note.querySelector('.back').getAttribute('href'));
        const code = figure.querySelector('pre').getBoundingClientRect();
        const [n, l] = [note, line].map(element => element.getBoundingClientRect());
        const result = { id: note.id, beside: n.left >= code.right - 1 && n.right <= innerWidth,
          under: n.top >= code.bottom, off: n.top - l.top, free: n.top >= bottom - 1,
          pushed: bottom > l.top - 40 };
        bottom = n.bottom;
        return result;
      });
    }));
    await page.goto(base + chapter);
    await settle(page);
    const wide = await layout();
    assert(wide.length > 10);
    for (const note of wide) {
      assert(note.beside, `${note.id} is beside the code`);
      assert(note.free, `${note.id} covers the note before`);
      // At its line, unless the note before it takes the space.
      assert(note.pushed || Math.abs(note.off) < 60, `${note.id} is ${note.off} px from its line`);
    }
    await page.setViewportSize({ width: 360, height: 800 });
    await settle(page);
    for (const note of await layout()) assert(note.under, `${note.id} is under the code on a phone`);
  });

  inPage(`a note marks its line, and back, ${language}`, {}, async (page, base) => {
    await page.goto(base + chapter);
    await settle(page);
    // The colours of a line or a note.
    const look = selector => page.evaluate(selector => {
      const element = document.querySelector(selector);
      return [element, ...element.querySelectorAll('*')].map(e => getComputedStyle(e))
        .map(style => [style.backgroundColor, style.boxShadow].join()).join(';');
    }, selector);
    const notes = await page.evaluate(() => [...document.querySelectorAll('figure.listing')].slice(0, 2)
      .flatMap(figure => [...figure.querySelectorAll('.notes [id^="note-"]')])
      .map(note => ({ note: '#' + note.id, line: note.querySelector('.back').getAttribute('href') })));
    assert(notes.length > 4);
    for (const { note, line } of notes) {
      // The target of the link is the line of code, or an element in it.
      const lineBox = await page.evaluate(line => document.querySelector(line).matches('.noted') ? line
        : `.noted:has(${line})`, line);
      await page.mouse.move(0, 0);
      const [noteBefore, lineBefore] = [await look(note), await look(lineBox)];
      await page.locator(note).hover();
      assert.notEqual(await look(lineBox), lineBefore, `${note} marks ${line}`);
      await page.mouse.move(0, 0);
      assert.equal(await look(lineBox), lineBefore, `${line} is no longer marked`);
      await page.locator(`.ref[href="${note}"]`).hover();
      assert.notEqual(await look(note), noteBefore, `${line} marks ${note}`);
      await page.mouse.move(0, 0);
      await page.locator(`${note} .back`).focus();
      assert.notEqual(await look(lineBox), lineBefore, `${note} marks ${line} by keyboard`);
      await page.evaluate(() => document.activeElement.blur());
    }
  });

  inPage(`copy, ${language}`, { server: true, permissions: ['clipboard-read', 'clipboard-write'] }, async (page, base) => {
    await page.goto(base + chapter);
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    const programs = readdirSync(join(top, 'chapters', chapters[0])).filter(name => name.endsWith('.c'));
    assert(programs.length > 0);
    for (const program of programs) {
      const listing = page.locator(`[id="lst-${program.replace(/\.c$/, '')}"]`);
      const text = readFileSync(join(top, 'chapters', chapters[0], program), 'utf8');
      await page.evaluate(() => navigator.clipboard.writeText('nothing'));
      await listing.locator('button').first().click();
      await settle(page);
      assert.equal(await clipboard(), text, `${program}, as the file is`);
      const link = await listing.locator(`a[href$="${program}"]`).first().evaluate(a => a.href);
      assert.equal(await page.evaluate(url => fetch(url).then(r => r.text()), link), text, 'the file that is linked');
    }
    const session = page.locator('figure.session:not(:has(.who))').first();
    const commands = await session.locator('.command').allTextContents();
    await session.locator('button').first().click();
    await settle(page);
    assert.equal(await clipboard(), commands.map(c => c + '\n').join(''), 'the commands that were typed');
  });

  test(`copy in a frame of another site, ${language}`, async () => {
    const page = await open(browser, server.base, { permissions: ['clipboard-read'] });
    await page.goto(server.base.replace('localhost', '127.0.0.1') + `${language}/terms.html`);
    await page.setContent(`<iframe src="${server.base}${chapter}" width="1400" height="800"></iframe>`);
    const frame = page.frameLocator('iframe');
    // Clicks a button and returns what it says then. The button says it only for a
    // moment, so the watch begins before the click.
    const answer = async button => {
      await button.evaluate(button => {
        window.answer = new Promise(done => new MutationObserver(() => done(button.textContent))
          .observe(button, { childList: true }));
      });
      await button.click();
      return button.evaluate(() => window.answer);
    };
    const said = await answer(frame.locator('figure.listing .copy button').first());
    await page.mouse.click(1420, 850);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const text = await frame.locator('figure.listing pre').first().evaluate(pre => pre.textContent + '\n');
    assert.equal(copied, text, `the old way works where the new one is not allowed; the button says "${said}"`);
    // Where no way is allowed, the button says so.
    const words = await frame.locator('script[data-copied]').first().evaluate(script => script.dataset);
    assert.equal(said, words.copied);
    const second = frame.locator('figure.listing .copy button').nth(1);
    await second.evaluate(() => { document.execCommand = () => false; });
    assert.equal(await answer(second), words.notcopied);
    await page.context().close();
  });

  inPage(`print, ${language}`, {}, async (page, base) => {
    await page.goto(base + chapter);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    for (const selector of ['.bar', '.sidebar', '.turn', 'main button', '.skip', '.there'])
      assert.equal(await page.locator(`${selector}:visible`).count(), 0, `${selector} is not printed`);
    assert.equal(await page.locator('.notes > li > div:visible').count(), await page.locator('.notes > li').count());
    const cut = await page.evaluate(() => [...document.querySelectorAll('pre')].filter(pre =>
      pre.scrollWidth > pre.clientWidth + 1 && getComputedStyle(pre).whiteSpace === 'pre').length);
    assert.equal(cut, 0, 'no code is cut off');
    const ground = await page.evaluate(() => [document.body, document.querySelector('.listing pre')]
      .map(e => getComputedStyle(e).backgroundColor).map(c => c.match(/\d+/g).slice(0, 3).map(Number)));
    for (const colour of ground) assert(Math.min(...colour) > 200, `ink on paper, also with the dark theme: ${ground}`);
    const pdf = await page.pdf({ format: 'A4' });
    assert(pdf.length > 50000);
  });

  inPage(`what a finger meets is large enough, ${language}`, { viewport: { width: 360, height: 800 }, hasTouch: true }, async (page, base) => {
    await page.goto(base + chapter);
    const small = await page.evaluate(() => [...document.querySelectorAll('.bar a, .bar button, .bar select, .copy button, .notes .back, .ref, .turn a, .sidebar a')]
      .filter(e => e.getClientRects().length).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
      .filter(([, box]) => box.width < 24 || box.height < 24).map(([html, box]) => `${box.width}x${box.height} ${html}`));
    assert.deepEqual(small.slice(0, 5), []);
  });

  inPage(`anchors, ${language}`, {}, async (page, base) => {
    await page.goto(base + chapter);
    const without = await page.evaluate(() => [...document.querySelectorAll('main h2, main h3, figure.listing, figure.session, figure.drawing, figure.picture, figure.function')]
      .filter(e => !e.id || !e.querySelector(`:scope > a[href="#${e.id}"], figcaption a[href="#${e.id}"]`))
      .map(e => e.outerHTML.slice(0, 100)));
    assert.deepEqual(without.slice(0, 5), []);
    const told = page.locator('.machine');
    assert.match(await told.textContent(), /(gcc|clang|cc) .*\d+\.\d+/i, 'with what it was recorded');
    assert.match(await told.textContent(), /Linux \d+\.\d+/);
    assert(await page.locator(`a[href="#${await told.getAttribute('id')}"]`).count() > 0);
  });
}
