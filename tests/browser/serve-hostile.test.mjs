// docs/serve with requests and files that a server may meet by accident or malice: it
// answers 403 or 404, prints no traceback, and continues. The book is two small pages
// in a directory of its own, which no make builds.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
const nobody = 65534;
let copy, serve, port, said = '';

// Waits until a function returns true.
async function until(what, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    if (await what()) return;
    await new Promise(done => setTimeout(done, 20));
  }
  assert.fail(`waited ${seconds} s for ${what}\n${said}`);
}

// Status and text of an answer. The path is sent as it is: fetch() would change it.
const get = (path, { host = `localhost:${port}`, method = 'GET' } = {}) => new Promise((done, fail) =>
  request({ port, host: '127.0.0.1', path, method, headers: { host }, setHost: false }, answer => {
    let text = '';
    answer.on('data', data => { text += data; }).on('end', () => done({ status: answer.statusCode, text }));
  }).on('error', fail).end());

before(async () => {
  copy = mkdtempSync(join(tmpdir(), 'serve.'));
  for (const folder of ['docs', 'chapters', 'build/book/ko', 'build/book/locked'])
    mkdirSync(join(copy, folder), { recursive: true });
  copyFileSync(join(top, 'docs/serve'), join(copy, 'docs/serve'));
  for (const name of ['index.html', 'ko/index.html', 'ko/page.html', 'locked/page.html', 'locked/page.css'])
    writeFileSync(join(copy, 'build/book', name), `<!DOCTYPE html><title>${name}</title><body>${name}</body>`);
  writeFileSync(join(copy, 'chapters/text.md'), 'text\n');
  // Root may read everything; so another user serves.
  const root = process.getuid() === 0;
  if (root) execFileSync('chown', ['-R', `${nobody}:${nobody}`, copy]);
  serve = spawn('docs/serve', ['0', 'sh', '-c', 'echo built'],
    { cwd: copy, ...(root && { uid: nobody, gid: nobody }) });
  for (const stream of [serve.stdout, serve.stderr]) stream.on('data', data => { said += data; });
  await until(() => (port = /^http:\/\/localhost:(\d+)\//m.exec(said)?.[1]));
});
after(() => {
  serve?.kill('SIGKILL');
  if (copy) rmSync(copy, { recursive: true, force: true });
});

const builds = () => said.split('built').length - 1;
// A change of a source is built: the main loop runs.
async function follows() {
  const before = builds();
  writeFileSync(join(copy, 'chapters/text.md'), `${Math.random()}\n`);
  await until(() => builds() > before);
}

test('the names of this machine are served', async () => {
  for (const name of ['localhost', 'LOCALHOST', '127.0.0.1', '[::1]'])
    assert.equal((await get('/', { host: `${name}:${port}` })).status, 200, name);
});

test('another host is refused', async () => {
  const hosts = ['evil.example', `evil.example:${port}`, 'localhost', 'localhost:1', `localhost.evil.example:${port}`,
    `127.0.0.1.nip.io:${port}`, `127.0.0.2:${port}`, `0.0.0.0:${port}`, `localhost:${port}@evil.example`, '', `:${port}`];
  for (const host of hosts) {
    for (const path of ['/', '/ko/page.html', '/style.css', '/.serve/events?0.0'])
      assert.equal((await get(path, { host })).status, 403, `${host} ${path}`);
    assert.equal((await get('/', { host, method: 'HEAD' })).status, 403, host);
  }
});

test('no host, or two of them, are refused', async () => {
  const answer = lines => new Promise((done, fail) => {
    let text = '';
    connect(port, '127.0.0.1').on('data', data => { text += data; }).on('end', () => done(text)).on('error', fail)
      .end(lines.join('\r\n') + '\r\n\r\n');
  });
  assert.match(await answer(['GET / HTTP/1.1']), /^HTTP\/1\.. 403 /);
  assert.match(await answer(['GET / HTTP/1.0']), /^HTTP\/1\.. 403 /);
  assert.match(await answer(['GET / HTTP/1.1', `Host: localhost:${port}`, 'Host: evil.example']), /^HTTP\/1\.. 403 /);
});

test('a name that no file has, or can have, is not found', async () => {
  const names = ['/none', '/none/', '/none.html', '/%00', '/%00.html', '/ko/%00/', '/a%00b.css', '/%ff%fe.html', '/%ed%a0%80',
    '/%ed%a0%80.html', '/ko/page.html/', '/ko/page.html/x', '/ko/page.html/x.html', '/locked/page.css/', `/${'a'.repeat(300)}`,
    `/${'a'.repeat(300)}.html`, `/${'a/'.repeat(5000)}`, `/${'a/'.repeat(5000)}x.html`, '/..%2f..%2fdocs/serve',
    '/../../docs/serve', '/%2e%2e/%2e%2e/docs/serve', '//evil.example/', '/.serve/events/', 'http://evil.example/x'];
  for (const name of names)
    for (const method of ['GET', 'HEAD'])
      assert.equal((await get(name, { method })).status, 404, `${method} ${name.slice(0, 40)}`);
});

test('a page that may not be read is refused, and its neighbours are served', async () => {
  chmodSync(join(copy, 'build/book/locked'), 0);
  assert.equal((await get('/locked/page.html')).status, 403);
  assert.equal((await get('/locked/page.css')).status, 404); // Python's server says so
  const { status, text } = await get('/ko/page.html');
  assert.equal(status, 200);
  assert.match(text, /ko\/page\.html/);
});

test('loops of links and unreadable folders end nothing', async () => {
  for (const folder of ['chapters', 'build/book']) {
    symlinkSync('loop', join(copy, folder, 'loop'));
    symlinkSync('..', join(copy, folder, 'up'));
    symlinkSync('a', join(copy, folder, 'b'));
    symlinkSync('b', join(copy, folder, 'a'));
    symlinkSync('nowhere', join(copy, folder, 'nowhere.html'));
    mkdirSync(join(copy, folder, 'secret'));
    chmodSync(join(copy, folder, 'secret'), 0);
  }
  for (const path of ['/loop', '/loop/', '/loop.html', '/a/x.html', '/nowhere.html'])
    assert.equal((await get(path)).status, 404, path);
  await follows();
  await follows();
  assert.equal((await get('/')).status, 200);
});

test('after all this it runs, prints no traceback, and builds only after changes', async () => {
  const before = builds();
  await new Promise(done => setTimeout(done, 500));
  assert.equal(builds(), before);
  await follows();
  assert.equal(serve.exitCode, null);
  assert.doesNotMatch(said, /Traceback|Exception/);
});

test('a command that cannot run is named', async t => {
  let said = '';
  const other = spawn('docs/serve', ['0', 'no-such-command'], { cwd: copy });
  t.after(() => other.kill('SIGKILL'));
  for (const stream of [other.stdout, other.stderr]) stream.on('data', data => { said += data; });
  await until(() => /serve: cannot run no-such-command: No such file/.test(said));
  assert.equal(other.exitCode, null);
});
