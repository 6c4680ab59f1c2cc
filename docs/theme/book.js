// The theme, copy buttons, marks of notes, and turning of pages. Without this
// script the whole page can still be read.
(() => {
  const words = document.currentScript.dataset;
  const root = document.documentElement;
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const remember = (key, value) => {
    try { localStorage.setItem(key, value); } catch (error) { /* private windows have no storage */ }
  };

  // The theme. A script in the head of the page has set it before the first paint.
  const theme = document.querySelector('select.theme');
  theme.value = root.dataset.theme || '';
  theme.addEventListener('change', () => {
    root.dataset.theme = theme.value;
    remember('theme', theme.value);
  });

  // Copy buttons: of a program its whole file, of a session the typed commands.
  // In a frame of another site only the old way may be allowed. Returns whether the
  // text is in the clipboard.
  const toClipboard = async text => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (error) { /* not allowed, or there is no navigator.clipboard */ }
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    return copied;
  };
  const copyButton = (figure, text, name = '') => {
    let box = figure.querySelector('.copy');
    if (!box) {
      box = document.createElement('span');
      box.className = 'copy';
      figure.querySelector('figcaption, summary').after(box);
    }
    const button = document.createElement('button');
    const label = words.copy + (name && ': ' + name);
    button.type = 'button';
    button.textContent = label;
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', async () => {
      const copied = await toClipboard(text());
      button.textContent = copied ? words.copied : words.notcopied;
      button.focus({ preventScroll: true });
      setTimeout(() => { button.textContent = label; }, 1500);
    });
    box.append(button);
  };
  const commands = part => all('.command', part).map(el => el.textContent + '\n').join('');
  for (const figure of all('figure.listing, details.program')) {
    copyButton(figure, () => figure.querySelector('pre').textContent + '\n');
  }
  for (const figure of all('figure.session')) {
    const names = new Set(all('.who', figure).map(el => el.textContent));
    if (names.size === 0) copyButton(figure, () => commands(figure));
    for (const name of names) {
      copyButton(figure, () => all('.who', figure).filter(el => el.textContent === name)
        .map(el => commands(el.parentNode)).join(''), name);
    }
  }

  // Pointing at a note marks its lines, and pointing at the lines marks the note.
  for (const note of all('.notes > li > div')) {
    const lines = document.querySelector(`.ref[href="#${note.id}"]`).parentNode;
    for (const [here, there] of [[note, lines], [lines, note]]) {
      for (const event of ['mouseenter', 'focusin']) {
        here.addEventListener(event, () => there.classList.add('marked'));
      }
      for (const event of ['mouseleave', 'focusout']) {
        here.addEventListener(event, () => there.classList.remove('marked'));
      }
    }
  }

  // The present section: the last one whose heading is in the upper third of the
  // window or above it.
  const headings = all('main :is(h1, h2, h3)[id]');
  const sidebar = document.querySelector('.sidebar');
  const other = document.querySelector('.switch');
  const title = heading => [...heading.childNodes]
    .filter(node => !node.matches?.('.here, .there')).map(node => node.textContent).join('').replace(/\s+/g, ' ').trim();
  const passed = new Set();
  const mark = () => {
    const now = headings.filter(heading => passed.has(heading)).pop();
    const id = now && now.tagName !== 'H1' ? '#' + now.id : '';
    other.hash = id;
    if (!sidebar) return;
    for (const link of all('a[aria-current="location"]', sidebar)) link.removeAttribute('aria-current');
    const link = id && sidebar.querySelector(`a[href="${id}"]`);
    if (link) {
      link.setAttribute('aria-current', 'location');
      const place = link.getBoundingClientRect(), frame = sidebar.getBoundingClientRect();
      if (sidebar.scrollHeight > sidebar.clientHeight &&
          (place.top < frame.top + 40 || place.bottom > frame.bottom - 40)) {
        sidebar.scrollTop += place.top - frame.top - frame.height / 2;
      }
    }
    remember('place-' + root.lang, JSON.stringify({
      url: location.pathname.split('/').pop() + id,
      title: [...new Set([headings[0], now || headings[0]])].map(title).join(' — '),
    }));
  };
  if (headings.length > 0) {
    const observer = new IntersectionObserver(changes => {
      for (const { target, isIntersecting } of changes) {
        passed[isIntersecting ? 'add' : 'delete'](target);
      }
      mark();
    }, { rootMargin: '1000000px 0px -67% 0px' });
    for (const heading of headings) observer.observe(heading);
  }

  // The arrow keys turn the pages, except where they have another use: in a field, for
  // selected text, and where something scrolls sideways. That is what has the focus, or
  // what was touched last, or the page itself.
  const types = element => element?.isContentEditable || element?.matches?.('input, textarea, select');
  const scrolls = element => element && (element.scrollWidth > element.clientWidth &&
    /auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  let touched = null;
  for (const event of ['pointerdown', 'wheel']) {
    addEventListener(event, ({ target }) => { touched = target; }, { passive: true });
  }
  addEventListener('keydown', event => {
    const rel = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key];
    const link = rel && document.querySelector(`.turn a[rel="${rel}"]`);
    if (link && !event.defaultPrevented && !event.altKey && !event.ctrlKey && !event.metaKey &&
        !event.shiftKey && !document.querySelector('dialog[open], .panel') && !types(event.target) &&
        !types(document.activeElement) && document.getSelection().isCollapsed && !scrolls(event.target) &&
        !scrolls(touched) && root.scrollWidth <= root.clientWidth && window.visualViewport.scale <= 1) {
      link.click();
    }
  });

  // Open the system calls for printing; hints, solutions and changes stay as the reader left
  // them.
  addEventListener('beforeprint', () => {
    for (const calls of all('details.calls')) calls.open = true;
  });
})();
