// Opens the search, by its button or by the key /, and marks the hits on a page that
// was found (?q=...). Both are done by find.js, which is loaded when it is needed.
(() => {
  'use strict';
  const button = document.querySelector('button.search');
  if (!button) return;
  const script = document.createElement('script');
  script.src = new URL('find.js', document.currentScript.src);
  function call(name, ...values) {
    if (window.bookSearch) {
      window.bookSearch[name](...values);
    } else {
      script.addEventListener('load', () => window.bookSearch[name](...values));
      document.head.append(script);
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
