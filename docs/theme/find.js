// The search of the book, and the marks of the hits on the page that was found.
// search.js loads this file when it is needed. LANG/search-index.js is loaded when the
// search is opened; it is a script, because a page that is opened as a file cannot
// read other files. docs/filters/search.lua describes its content. The interface
// words are data attributes of the search button.
(() => {
  'use strict';
  const button = document.querySelector('button.search');
  const words = button.dataset;
  const shown = 20;

  // Text ----------------------------------------------------------------------

  const isHangul = c => c >= '\u1100' && c <= '\u11ff' || c >= '\u3130' && c <= '\u318f' ||
    c >= '\uac00' && c <= '\ud7a3';
  const quotes = {'‘': "'", '’': "'", '“': '"', '”': '"'};

  // The text in the form in which texts are compared: lower case, straight quotes, one
  // space for any white space and none between Hangul. at gets the position in text
  // of each of its characters.
  function normalize(text, at = []) {
    let out = '', last = '', gap = false;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (c <= ' ' && c !== '\u0001' || c === '\u00a0') {
        gap = true;
        continue;
      }
      if (gap && last && !(isHangul(last) && isHangul(c))) {
        out += ' ';
        at.push(i - 1);
      }
      gap = false;
      last = c;
      for (const l of quotes[c] ?? c.toLowerCase()) {
        out += l;
        at.push(i);
      }
    }
    return out;
  }

  // A query: all of it as one phrase, and its words.
  function parse(query) {
    query = query.normalize('NFC').trim();
    return {phrase: normalize(query), words: query.split(/\s+/).map(word => normalize(word))};
  }

  // The places of the needles in a text, as [from, to], in order and not overlapping.
  function hits(text, needles) {
    const at = [], found = [];
    const normal = normalize(text, at);
    for (const needle of needles)
      for (let i = normal.indexOf(needle); i >= 0; i = normal.indexOf(needle, i + needle.length))
        found.push([at[i], at[i + needle.length - 1] + 1]);
    found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    let end = 0;
    return found.filter(([from, to]) => from >= end && (end = to));
  }

  // The places of the whole query in the text; if it has none, those of its words.
  function hitsOf(text, query) {
    const found = hits(text, [query.phrase]);
    return found.length || query.words.length < 2 ? found : hits(text, query.words);
  }

  // The index -----------------------------------------------------------------

  // Sections with their entries: first the text, then its listings, outputs and so on.
  function prepare(index) {
    const sections = [];
    const names = new Map();
    let chapter;
    for (const {page, id, title} of index)
      names.set(`${page}.html#${id}`, title.match(/^\S+ \d+\.\d+/)?.[0] ?? (id === page ? title.replace(/^\d+ /, '') : title));
    for (const entry of index) {
      // Replace a reference by the title or the number of its target.
      entry.text = entry.text.normalize('NFC').replace(/\[\]\(([\w-]+\.html)?(#[\w-]+)\)/g,
        (all, page, id) => names.get((page ?? `${entry.page}.html`) + id) ?? all);
      entry.inTitle = normalize(entry.title);
      entry.inText = normalize(entry.text);
      if (entry.kind === 'text') {
        if (entry.page !== chapter?.page) chapter = entry.id === entry.page ? entry : null;
        sections.push({chapter: chapter?.title, title: entry.title, entries: []});
      }
      sections.at(-1).entries.push(entry);
    }
    return sections;
  }

  // Whether the needle is at the beginning of a word of the text. Only Latin letters
  // join to words; a syllable of Hangul always begins one.
  const letter = /[\w\u00c0-\u024f]/;
  const beginsAt = (text, i) => i === 0 || !letter.test(text[i]) || !letter.test(text[i - 1]);
  function begins(text, needle) {
    let i = text.indexOf(needle);
    while (i >= 0 && !beginsAt(text, i)) i = text.indexOf(needle, i + 1);
    return i >= 0;
  }

  // The rank of an entry; a lower one is better. A caption does not count as a title.
  // A hit at the beginning of a word is better than one inside a word.
  function rankBy(has, entry, query) {
    const all = text => query.words.every(word => has(text, word));
    const captioned = entry.kind === 'output' || entry.kind === 'figure';
    if (!captioned && has(entry.inTitle, query.phrase)) return 0;
    if (!captioned && all(entry.inTitle)) return 1;
    if (has(entry.inTitle, query.phrase) || has(entry.inText, query.phrase)) return 2;
    if (all(entry.inTitle + '\n' + entry.inText)) return 3;
    return Infinity;
  }
  function rank(entry, query) {
    const inside = rankBy((text, needle) => text.includes(needle), entry, query);
    return inside === Infinity ? inside : Math.min(rankBy(begins, entry, query), 5 + inside);
  }

  // The sections found, each with its entries, the best first; sections of one rank are
  // in the order of the book. The words of a query may be in different entries of a
  // section.
  function search(sections, text) {
    const query = parse(text);
    const found = [];
    if (!query.phrase) return found;
    for (const {chapter, title, entries} of sections) {
      let ranked = entries.map(entry => [rank(entry, query), entry]);
      const has = (entry, word) => entry.inTitle.includes(word) || entry.inText.includes(word);
      if (ranked.every(([r]) => r === Infinity) &&
          query.words.every(word => entries.some(entry => has(entry, word))))
        ranked = ranked.map(([, entry]) => [query.words.some(word => has(entry, word)) ? 4 : Infinity, entry]);
      ranked = ranked.filter(([r]) => r < Infinity).sort((a, b) => a[0] - b[0]);
      if (ranked.length)
        found.push({rank: ranked[0][0], chapter, title, entries: ranked.map(([, entry]) => entry)});
    }
    found.sort((a, b) => a.rank - b.rank);
    return found;
  }

  // The dialog ----------------------------------------------------------------

  function make(name, properties = {}, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

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

  function excerpt(text, query) {
    const found = hitsOf(text, query);
    const near = (i, step) => {
      for (let n = 0; n < 12 && i > 0 && i < text.length && text[i - 1] !== ' '; n++) i += step;
      return Math.max(0, Math.min(text.length, i));
    };
    const first = found.find(([i]) => beginsAt(text, i)) ?? found[0] ?? [0, 0];
    const from = Math.min(first[0], near(Math.max(0, first[0] - 50), 1));
    const to = Math.max(first[1], near(Math.min(text.length, first[1] + 110), -1));
    return [from > 0 ? '… ' : '', ...marked(text, found, from, to), to < text.length ? ' …' : ''];
  }

  // A result: its title, then the excerpt.
  function item(entry, query, typed) {
    const title = entry.kind === 'text' ? words.text : entry.title;
    return make('li', {}, make('a', {
      href: `${entry.page}.html?q=${encodeURIComponent(typed)}#${entry.id}`, className: entry.kind,
      onclick: () => dialog.close(),
    }, make('span', {className: 'kind'}, ...marked(title, entry.kind === 'text' ? [] : hitsOf(title, query))),
    ' ', make('span', {className: 'excerpt'}, ...excerpt(entry.text, query))));
  }

  const input = make('input', {type: 'text', autocomplete: 'off', spellcheck: false, placeholder: words.hint,
    ariaLabel: button.firstElementChild.textContent, enterKeyHint: 'search', inputMode: 'search'});
  input.setAttribute('autocapitalize', 'off');
  const close = make('button', {type: 'button', textContent: words.close, onclick: () => dialog.close()});
  const status = make('p', {className: 'count', role: 'status'});
  const results = make('div', {className: 'results'});
  const dialog = make('dialog', {className: 'find', ariaLabel: input.ariaLabel},
    make('div', {className: 'field'}, input, close), status, results);
  let sections, loading;

  function show(limit) {
    const typed = input.value.normalize('NFC').trim();
    const query = parse(typed);
    const found = sections ? search(sections, typed) : [];
    const total = found.reduce((sum, section) => sum + section.entries.length, 0);
    let left = limit;
    results.replaceChildren();
    for (const section of found) {
      if (left === 0) break;
      const entries = section.entries.slice(0, left);
      left -= entries.length;
      const list = make('ul', {}, ...entries.map(entry => item(entry, query, typed)));
      const where = !section.chapter || section.chapter === section.title ? [] :
        [make('span', {className: 'chapter'}, section.chapter), ' '];
      results.append(make('section', {}, make('h2', {}, ...where,
        ...marked(section.title, hitsOf(section.title, query))), list));
    }
    if (total > limit) {
      results.append(make('button', {type: 'button', className: 'more', textContent: words.more, onclick: () => {
        show(Infinity);
        results.querySelectorAll('a')[limit].focus();
      }}));
    }
    status.textContent = !typed || !sections ? words.empty : total ? words.count.replace('%d', total) : words.none;
  }

  function load() {
    if (sections || loading) return;
    loading = make('script', {src: 'search-index.js'});
    loading.onload = () => {
      sections = prepare(window.searchIndex);
      show(shown);
    };
    loading.onerror = () => {
      status.textContent = words.failed;
      loading = null;
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

  // The hits of a query in the text of an element, as ranges.
  function rangesOf(root, query) {
    const nodes = [];
    let text = '';
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, node =>
      node.nodeType === 1 && node.matches('svg, script, style, button, nav, .here, .there, [aria-hidden="true"]') ?
        NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.nodeType === 1) {
        if (node.matches(blocks)) text += '\u0001';
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
    return hitsOf(text, query).map(([from, to]) => {
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
    const ranges = rangesOf(main, parse(query));
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
