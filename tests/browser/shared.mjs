// A browser and a server for all tests of a file, and a window for each.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { files, launch, open, serve } from './support.mjs';

export let browser, server;
before(async () => { browser = await launch(); server = await serve(); });
after(async () => { await browser?.close(); server?.close(); });

// A test in a window of its own, in which nothing may go wrong.
export const inPage = (name, options, body) => test(name, async t => {
  const base = options.server ? server.base : files;
  const page = await open(browser, base, options);
  await body(page, base, t);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
