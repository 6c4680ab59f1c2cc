// The dialog of the search, and the marks of the hits on the page that was found.
// search.js loads this file when it is needed, with engine.js and LANG/synonyms.js.
// LANG/search-index.js is loaded when the search is opened; it is a script, because a
// page that is opened as a file cannot read other files. docs/filters/lib/search.lua
// describes its content. The interface words are data attributes of the search button.
(() => {
  'use strict';
  const {Index, marksIn, queryFor, setSynonyms} = window.bookEngine;
  const button = document.querySelector('button.search');
  const words = button.dataset;
  const shown = 20;
  setSynonyms(window.searchSynonyms);

  // The dialog ----------------------------------------------------------------

  function make(name, properties = {}, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  // The part of a text from one position to another, with marks.
  function marked(text, found, from = 0, to = text.length) {
    const parts = [];
    let last = from;
    for (const [a, b] of found) {
      if (a < last || b > to) continue;
      parts.push(text.slice(last, a), make('mark', {}, text.slice(a, b)));
      last = b;
    }
    return [...parts, text.slice(last, to)];
  }

  // The part of a text that has the most marks.
  function excerpt(text, found) {
    const near = (i, step) => {
      for (let n = 0; n < 12 && i > 0 && i < text.length && text[i - 1] !== ' '; n++) i += step;
      return Math.max(0, Math.min(text.length, i));
    };
    const after = 110;
    const count = ([start]) => found.filter(([a, b]) => a >= start && b <= start + after).length;
    const first = found.reduce((best, hit) => count(hit) > count(best) ? hit : best, found[0] ?? [0, 0]);
    const from = Math.min(first[0], near(Math.max(0, first[0] - 50), 1));
    const to = Math.max(first[1], near(Math.min(text.length, first[0] + after), -1));
    return [from > 0 ? '… ' : '', ...marked(text, found, from, to), to < text.length ? ' …' : ''];
  }

  // A link of a result: the title of the entry, then the excerpt. heading is the id of the
  // title of the section, which a screen reader says before the link.
  function item(entry, typed, query, heading) {
    const isText = entry.kind === 'text';
    const link = make('a', {
      id: `${heading}-${entry.id}`, href: `${entry.page}.html?q=${encodeURIComponent(typed)}#${entry.id}`,
      className: 'in-' + entry.kind, onclick: () => dialog.close(),
    }, make('span', {className: 'kind'}, ...isText ? [words.text] : marked(entry.title, marksIn(entry.title, query))),
    ' ', make('span', {className: 'excerpt'}, ...excerpt(entry.text, marksIn(entry.text, query))));
    link.setAttribute('aria-labelledby', `${heading} ${link.id}`);
    return make('li', {}, link);
  }

  const input = make('input', {type: 'text', autocomplete: 'off', spellcheck: false, placeholder: words.hint,
    enterKeyHint: 'search', inputMode: 'search'});
  input.setAttribute('autocapitalize', 'off');
  const close = make('button', {type: 'button', textContent: words.close, onclick: () => dialog.close()});
  const status = make('p', {className: 'count', role: 'status'});
  const results = make('div', {className: 'results'});
  const dialog = make('dialog', {className: 'find'},
    make('div', {className: 'field'}, input, close), status, results);
  for (const named of [input, dialog]) named.setAttribute('aria-label', button.firstElementChild.textContent);
  let index, loading, failed = false;

  // Show the sections found: each with its best entry, or with all entries that have a hit
  // if there are only one or two sections.
  function show(limit) {
    const typed = input.value.normalize('NFC').trim();
    const {results: found, query} = typed && index ? index.search(typed) : {results: []};
    results.replaceChildren();
    let total = 0;
    found.forEach(({section, entry, entries}, i) => {
      const some = found.length < 3 ? entries : [entry];
      total += some.length;
      if (total > limit) return;
      const id = `found-${i}`;
      const mark = text => marked(text, marksIn(text, query));
      const where = !section.chapter || section.chapter === section.title ? [] :
        [make('span', {className: 'chapter'}, ...mark(section.chapter)), ' '];
      results.append(make('section', {}, make('h2', {id}, ...where, ...mark(section.title)),
        make('ul', {}, ...some.map(one => item(one, typed, query, id)))));
    });
    if (total > limit) {
      results.append(make('button', {type: 'button', className: 'more', textContent: words.more, onclick: () => {
        show(Infinity);
        results.querySelectorAll('a')[limit].focus();
      }}));
    }
    status.textContent = failed ? words.failed : !typed || !index ? words.empty : total ? words.count.replace('%d', total) : words.none;
  }

  function load() {
    if (index || loading) return;
    loading = make('script', {src: 'search-index.js'});
    loading.onload = () => {
      index = new Index(window.searchIndex);
      failed = false;
      show(shown);
    };
    loading.onerror = () => {
      failed = true;
      loading = null;
      show(shown);
    };
    document.head.append(loading);
  }

  function open() {
    if (dialog.open) return;
    if (!dialog.isConnected) document.body.append(dialog);
    dialog.showModal();
    input.focus();
    input.select();
    show(shown);
    load();
  }

  input.addEventListener('input', () => {
    show(shown);
    results.scrollTop = 0;
  });
  dialog.addEventListener('click', event => {
    if (event.target === dialog) dialog.close(); // a click outside the box
  });
  dialog.addEventListener('keydown', event => {
    event.stopPropagation(); // else the arrow keys turn the page
    if (event.isComposing) return;
    const items = [...results.querySelectorAll('a, button')];
    const i = items.indexOf(document.activeElement);
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (event.key === 'Escape') dialog.close();
    else if (step) (items[Math.min(i + step, items.length - 1)] ?? input).focus();
    else if (event.key === 'Enter' && event.target === input) items[0]?.click();
    else {
      if (i >= 0 && event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey) input.focus();
      return;
    }
    event.preventDefault();
  });

  // The marks on a page that was found ---------------------------------------------------

  const blocks = 'address,article,aside,div,dl,dt,dd,figcaption,figure,h1,h2,h3,h4,li,ol,p,pre,section,summary,table,td,th,tr,ul';

  // The hits of what was typed in the text of an element, as ranges.
  function rangesOf(root, typed) {
    const nodes = [];
    let text = '';
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, node =>
      node.nodeType === 1 && node.matches('svg, script, style, button, nav, .here, .there, [aria-hidden="true"]') ?
        NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.nodeType === 1) {
        if (node.matches(blocks)) text += '\u2029';
      } else {
        nodes.push([text.length, node]);
        text += node.data;
      }
    }
    let k = 0;
    const point = i => {
      while (k + 1 < nodes.length && nodes[k + 1][0] <= i) k++;
      return [nodes[k][1], i - nodes[k][0]];
    };
    return marksIn(text, queryFor(text, typed)).map(([from, to]) => {
      const range = new Range();
      const [last, offset] = (range.setStart(...point(from)), point(to - 1));
      range.setEnd(last, offset + 1);
      return range;
    });
  }

  // Mark the ranges in a browser without the CSS Highlight API: the last one first,
  // because this moves none of those before it.
  function wrap(ranges) {
    for (const range of [...ranges].reverse()) {
      const walker = document.createTreeWalker(range.commonAncestorContainer.parentNode, NodeFilter.SHOW_TEXT);
      const nodes = [];
      while (walker.nextNode()) if (range.intersectsNode(walker.currentNode)) nodes.push(walker.currentNode);
      const {startContainer, startOffset, endContainer, endOffset} = range;
      for (const node of nodes) {
        const part = new Range();
        part.setStart(node, node === startContainer ? startOffset : 0);
        part.setEnd(node, node === endContainer ? endOffset : node.length);
        if (!part.collapsed) part.surroundContents(make('mark', {className: 'found'}));
      }
    }
  }

  // Scroll to the first hit inside the target of the address, or after it.
  function reveal(ranges) {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const follows = node => target.compareDocumentPosition(node) &
      (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY);
    const element = range => range.startContainer.parentElement;
    const closed = range => element(range).closest('details:not([open])');
    if (!target) return;
    const inside = ranges.filter(range => target.contains(range.startContainer));
    const range = inside.find(range => !closed(range)) ?? inside[0] ??
      ranges.find(range => follows(range.startContainer) && !closed(range));
    if (!range) return;
    for (let details; (details = closed(range));) details.open = true;
    const box = range.getBoundingClientRect();
    if (box.top < 60 || box.bottom > innerHeight) element(range).scrollIntoView({block: 'center'});
  }

  function mark(query) {
    const main = document.querySelector('main');
    const ranges = rangesOf(main, query);
    const api = typeof Highlight === 'function' && CSS.highlights;
    const how = performance.getEntriesByType('navigation')[0]?.type;
    if (api) {
      // Not in search.css, because the checker of style sheets refuses it.
      document.head.append(make('style', {textContent: '::highlight(found) { background-color: #ffd866; color: #1b1b1b; }'}));
      api.set('found', new Highlight(...ranges));
    }
    const finish = () => {
      if (how !== 'reload' && how !== 'back_forward') reveal(ranges);
      if (!api) wrap(ranges);
    };
    if (document.readyState === 'complete') finish();
    else addEventListener('load', () => setTimeout(finish));
    // Escape removes the marks.
    document.addEventListener('keydown', event => {
      if (event.key !== 'Escape') return;
      if (api) api.delete('found');
      document.querySelectorAll('mark.found').forEach(mark => mark.replaceWith(...mark.childNodes));
    });
  }

  window.bookSearch = {open, mark};
})();
