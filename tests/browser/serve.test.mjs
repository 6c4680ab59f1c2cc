// Checks docs/serve in a copy of the book: an edit appears on the open page, at the
// same place; the page shows a failed build; no other machine is served; and Ctrl+C
// ends the server.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chapters, languages, launch, top } from './support.mjs';

let browser, copy, serve, base, said = '';
const chapter = chapters[0], language = languages[0];
const text = () => join(copy, 'chapters', chapter, `${language}.md`);
// Calls a function until it is true.
async function until(what, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    const value = await what();
    if (value) return value;
    await new Promise(done => setTimeout(done, 20));
  }
  assert.fail(`waited ${seconds} s for ${what}\n${said}`);
}

before(async () => {
  browser = await launch();
  copy = mkdtempSync(join(tmpdir(), 'serve.'));
  execFileSync('sh', ['-c', `tar -c --exclude=./build/node --exclude=./build/fuzz --exclude='./build/sanitize*' . | tar -xC "$0"`, copy], { cwd: top });
  // With the CURDIR of the original, make does not compile the programs again.
  serve = spawn('docs/serve', ['0', 'make', `CURDIR=${top.replace(/\/$/, '')}`, 'html'], { cwd: copy });
  for (const stream of [serve.stdout, serve.stderr]) stream.on('data', data => { said += data; });
  base = await until(() => /^http:\/\/localhost:\d+\//m.exec(said)?.[0], 10);
});
after(async () => {
  await browser?.close();
  serve?.kill('SIGKILL');
  if (copy) rmSync(copy, { recursive: true });
});

test('an edit appears, at the same place', async t => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${base}${language}/${chapter}.html`);
  const id = await page.evaluate(() => document.querySelectorAll('main h2[id]')[3].id);
  await page.evaluate(id => scrollBy(0, document.getElementById(id).getBoundingClientRect().top - 77), id);
  const place = () => page.evaluate(id => document.getElementById(id)?.getBoundingClientRect().top, id);
  assert.equal(Math.round(await place()), 77);
  const times = [];
  for (let i = 1; i <= 5; i++) {
    // A paragraph above the place, so that it has to move to stay.
    const before = readFileSync(text(), 'utf8');
    const start = Date.now();
    writeFileSync(text(), before.replace(/^(# .*\n)/m, `$1\nedit${i} was here.\n`));
    // Wait for a frame after the text has appeared.
    await until(() => page.evaluate(word => new Promise(done => document.body.textContent.includes(word)
      ? requestAnimationFrame(() => setTimeout(() => done(true))) : done(false)), `edit${i} was`).catch(() => false));
    times.push(Date.now() - start);
    await page.waitForLoadState('load');
    await page.waitForTimeout(300);
    assert(Math.abs(await place() - 77) <= 2, `${id} was at 77 px, and is at ${await place()} px`);
  }
  // Shown, but no reason to fail, as it depends on the load of the machine.
  t.diagnostic(`edit to painted page: ${times.sort((a, b) => a - b).join(', ')} ms`);
  await page.close();
});

test('an edit of another page leaves a page alone; that of a style does not', async () => {
  const page = await browser.newPage();
  await page.goto(`${base}${language}/${chapters[1]}.html`);
  await page.evaluate(() => { window.here = true; });
  writeFileSync(text(), readFileSync(text(), 'utf8') + '\nelsewhere\n');
  await until(async () => (await (await fetch(`${base}${language}/${chapter}.html`)).text()).includes('elsewhere'));
  await page.waitForTimeout(500);
  assert(await page.evaluate(() => window.here));
  const style = join(copy, 'docs/theme/book.css');
  writeFileSync(style, readFileSync(style, 'utf8') + 'body { border-top: 7px solid red; }\n');
  await until(() => page.evaluate(() => getComputedStyle(document.body).borderTopWidth === '7px').catch(() => false));
  await page.close();
});

test('the page and the terminal show a failed build until it is corrected', async () => {
  const page = await browser.newPage();
  await page.goto(`${base}${language}/${chapter}.html`);
  const good = readFileSync(text(), 'utf8');
  writeFileSync(text(), good + '\n::: {.session record=no-such}\nx\n:::\n');
  const overlay = page.locator('#serve-failure');
  await overlay.waitFor();
  const line = good.split('\n').length + 1;
  assert.match(await overlay.textContent(), new RegExp(`chapters/${chapter}/${language}.md:${line}: .*no-such`));
  assert.match(said, /no-such/);
  // A page that is opened now shows it as well.
  const late = await browser.newPage();
  await late.goto(`${base}${language}/index.html`);
  await late.locator('#serve-failure').waitFor();
  writeFileSync(text(), good);
  for (const each of [page, late]) {
    await each.locator('#serve-failure').waitFor({ state: 'detached' });
    await each.close();
  }
});

test('the files themselves have no script of the server', async () => {
  const name = `${language}/${chapter}.html`;
  const served = await (await fetch(base + name)).text();
  assert.match(served, /EventSource/);
  const file = readFileSync(join(copy, 'build/book', name), 'utf8');
  assert.doesNotMatch(file, /EventSource/);
  assert.equal(served.replace(/<script>\(\(\) => \{\n {2}let box[^]*?<\/script>(?=\s*<\/body>)/, ''), file);
});

test('a missing page appears when it is built; files outside of the book are not served', async () => {
  assert.equal((await fetch(base + 'xx/none.html')).status, 404);
  assert.equal((await fetch(base + '%2e%2e/%2e%2e/GNUmakefile')).status, 404);
  const page = await browser.newPage();
  await page.goto(base + 'new.html');
  writeFileSync(join(copy, 'build/book/new.html'), '<!DOCTYPE html><title>new</title><body>now</body>');
  await page.getByText('now').waitFor();
  await page.close();
});

test('serves this machine only', async () => {
  const port = Number(new URL(base).port);
  const reached = host => new Promise(done => connect({ host, port, timeout: 2000 })
    .on('connect', function () { this.destroy(); done(true); }).on('error', () => done(false)).on('timeout', () => done(false)));
  assert(await reached('127.0.0.1'));
  for (const { address } of Object.values(networkInterfaces()).flat().filter(i => !i.internal && i.family === 'IPv4'))
    assert(!await reached(address), address);
});

test('a port that is taken is named', () => {
  assert.throws(() => execFileSync('docs/serve', [new URL(base).port, 'true'], { cwd: copy, stdio: 'pipe', timeout: 10000 }),
    error => error.status === 1 && /serve: port \d+: .*in use/.test(error.stderr));
});

test('Ctrl+C ends it cleanly', async () => {
  const page = await browser.newPage();
  await page.goto(base); // listens
  const ended = new Promise(done => serve.on('exit', (status, signal) => done({ status, signal })));
  serve.kill('SIGINT');
  assert.deepEqual(await Promise.race([ended, new Promise(done => setTimeout(done, 5000, 'still running'))]),
    { status: 0, signal: null });
  assert.doesNotMatch(said, /Traceback/);
});
