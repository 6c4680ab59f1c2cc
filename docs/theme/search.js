// Opens the search, by its button or by the key /, and marks the hits on a page that
// was found (?q=...). find.js does both. It is loaded when it is needed, after the
// scripts that it uses.
(() => {
  'use strict';
  const button = document.querySelector('button.search');
  if (!button) return;
  const scripts = ['synonyms.js', new URL('engine.js', document.currentScript.src), new URL('find.js', document.currentScript.src)]
    .map(src => Object.assign(document.createElement('script'), {src, async: false}));
  function call(name, ...values) {
    if (window.bookSearch) {
      window.bookSearch[name](...values);
    } else {
      scripts.at(-1).addEventListener('load', () => window.bookSearch[name](...values));
      if (!scripts[0].isConnected) document.head.append(...scripts);
    }
  }
  button.hidden = false;
  button.addEventListener('click', () => call('open'));
  document.addEventListener('keydown', event => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.isComposing ||
        event.target.closest?.('input, textarea, select, dialog, [contenteditable]')) return;
    event.preventDefault();
    call('open');
  });
  const query = new URLSearchParams(location.search).get('q');
  if (query?.trim()) call('mark', query);
})();
