// The built book in headless Chromium: as files, and from a server.
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const top = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(join(top, 'build/node/'));
export const folder = process.env.BOOK ?? join(top, 'build/book');
const axe = require.resolve('axe-core/axe.min.js');

// Debian's Chromium, or its Firefox, which speaks the protocol WebDriver BiDi.
export const engine = process.env.ENGINE || 'chromium';
export const launch = () => engine === 'firefox'
  ? require('playwright-core').firefox.launch({ channel: 'moz-firefox', executablePath: '/usr/bin/firefox' })
  : require('playwright-core').chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });

// The names of all pages; a chapter has one of each language.
export const pages = readdirSync(folder, { recursive: true })
  .filter(name => name.endsWith('.html')).sort();
export const single = name => /^linux-ipc\./.test(name);
const spine = readFileSync(join(top, 'book.md'), 'utf8');
export const [chapters, languages] = ['chapters', 'languages'].map(key =>
  spine.match(new RegExp(`^${key}: (.*)$`, 'm'))[1].split(' '));

export const files = pathToFileURL(folder) + '/';

// Serves the book under a path, with these headers in each answer. A request fails, and its
// path is added to strays, if it is for another path, for a file that does not exist, or for
// the file MISSING.
export async function serve(headers = {}, missing = '') {
  const path = '/deep/path/', strays = [];
  const types = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript',
    svg: 'image/svg+xml', c: 'text/plain; charset=utf-8' };
  const server = createServer((request, response) => {
    const name = decodeURI(new URL(request.url, 'http://localhost').pathname);
    try {
      if (!name.startsWith(path) || name === path + missing) throw new Error('outside');
      const body = readFileSync(join(folder, name.slice(path.length)));
      for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
      response.setHeader('Content-Type', types[name.split('.').pop()] ?? 'application/octet-stream');
      response.end(body);
    } catch {
      strays.push(name);
      response.writeHead(404).end();
    }
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  server.unref(); // ends with the process, also after a test that fails
  return { base: `http://localhost:${server.address().port}${path}`, strays };
}

// Opens a new window. Its list `problems` has the messages and the failed requests;
// `loaded` has the number of bytes of each loaded file.
export async function open(browser, base, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  await context.addInitScript(() => {
    // Elements that moved without input, and their boxes before and after.
    window.shifts = [];
    const box = rect => [rect.x, rect.y, rect.width, rect.height].map(Math.round);
    new PerformanceObserver(list => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        const sources = entry.sources.map(s => `${s.node?.outerHTML?.slice(0, 60) ?? s.node?.data}: ` +
          `${box(s.previousRect)} -> ${box(s.currentRect)}`);
        window.shifts.push(`${entry.value}: ${sources.join('; ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const page = await context.newPage();
  page.problems = [];
  page.loaded = new Map();
  page.on('console', message => page.problems.push(`console: ${message.text()} (${message.location().url})`));
  page.on('pageerror', error => page.problems.push(`error: ${error.message}`));
  page.on('requestfailed', request => page.problems.push(`failed: ${request.url()}`));
  page.on('request', request => {
    if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url()))
      page.problems.push(`outside of the folder: ${request.url()}`);
  });
  page.on('response', response => {
    if (response.status() >= 400) {
      page.problems.push(`${response.status()}: ${response.url()}`);
      return;
    }
    if (!response.url().startsWith(base)) return;
    const name = decodeURI(response.url().slice(base.length)).replace(/[?#].*/, '');
    page.loaded.set(name, readFileSync(join(folder, name)).length);
  });
  return page;
}

// Runs axe-core on the elements of SELECTOR; returns a line for each violation.
export async function violations(page, selector = 'html') {
  await page.addScriptTag({ path: axe });
  return page.evaluate(async selector => {
    const { violations } = await window.axe.run(selector, { preload: false, resultTypes: ['violations'] });
    return violations.map(v => `${v.id}, ${v.nodes.length} times: ${v.nodes[0].html}: ${v.nodes[0].failureSummary}`);
  }, selector);
}

// Waits until the address of the page has this end.
export const arrive = (page, end) => page.waitForFunction(
  end => decodeURI(location.href).endsWith(end) && document.readyState === 'complete', end, { timeout: 10000 });
