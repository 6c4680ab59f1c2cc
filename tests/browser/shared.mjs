// One browser and one server for all tests of a file, and a window for each test.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { files, launch, open, serve } from './support.mjs';

export let browser, server;
before(async () => { browser = await launch(); server = await serve(); });
after(() => browser?.close());

// Adds a test that gets its own window, and fails if that has problems.
export const inPage = (name, options, body) => test(name, async t => {
  const base = options.server ? server.base : files;
  const page = await open(browser, base, options);
  await body(page, base, t);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
