// The panel: terminals of a Linux in the page, the source of a program, and what the
// kernel did. All programs of a page share one machine.
(() => {
  'use strict';
  const machine = window.ipcMachine;
  const base = document.currentScript.src;
  const { words } = machine;
  const { parse, programs } = machine.transcript;
  const FILES = ['xterm.js', 'libv86.js', 'wasm.js', 'state.js'];
  // xterm.js and libv86.js recognize Node by variables such as process. A browser makes a
  // variable for each id of the page, so these names get the value undefined first.
  for (const name of ['process', 'require', 'module', 'exports']) window[name] = undefined;

  // An element; parts are elements or text.
  function make(name, properties = {}, ...parts) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...parts);
    return element;
  }
  const button = (text, onclick, properties) => make('button', { type: 'button', textContent: text, onclick, ...properties });
  const folded = (text, ...parts) => make('details', {}, make('summary', { textContent: text }), ...parts);

  // The target of a button: {name, blocks, programs, patch, exercise}. A recording, a change and
  // an exercise have a transcript. A program gets the transcript of its own name, or else the
  // first one that runs it.
  function targetOf(opener) {
    const name = opener.dataset.run;
    const transcript = key => machine.transcripts[key] && parse(machine.transcripts[key]);
    if (opener.closest('.exercise')) return { name, blocks: transcript(`exercises/${name}`), programs: [name], exercise: true };
    const inside = selector => opener.closest('figure, details').querySelector(selector);
    const listing = inside('[data-file]')?.dataset.file.replace(/^chapters\/(.*)\.c$/, '$1');
    if (!listing) {
      const change = inside('[data-change]');
      const blocks = transcript(change ? `changes/${name}` : inside('[data-record]').dataset.record.replace(/\.console$/, ''));
      return change ? { name, blocks, programs: [name.replace(/-[^-]*$/, '')], patch: inside('.diff') }
        : { name, blocks, programs: programs(blocks) };
    }
    const chapter = listing.replace(/[^/]*$/, '');
    const keys = Object.keys(machine.transcripts).filter(key => !/^(changes|exercises)\//.test(key));
    const found = [listing, ...keys.filter(key => key.startsWith(chapter)), ...keys]
      .map(transcript).find(blocks => blocks && programs(blocks).includes(name));
    return { name, blocks: found || parse(`$ ./${name}`), programs: [name] };
  }

  // The source with the changed lines that the page shows.
  function patched(source, diff) {
    const lines = source.split('\n'), kept = lines.map(line => [line]);
    let at = 0;
    for (const line of diff.querySelectorAll('span, del, ins')) {
      const text = line.textContent.slice(line.querySelector('i').textContent.length + 3);
      const number = parseInt(line.querySelector('i').textContent, 10);
      if (number) at = number;
      if (line.localName === 'del') kept[at - 1].shift();
      if (line.localName === 'ins') kept[at - 1].push(text);
    }
    return kept.flat().join('\n');
  }

  const status = make('p', { className: 'state' });
  status.setAttribute('role', 'status');
  const progress = make('progress', { max: 1, hidden: true });
  progress.setAttribute('aria-label', words.starting);
  const title = make('code');
  const picker = make('select', { onchange: () => showSource() });
  picker.setAttribute('aria-label', words.source);
  const editor = make('textarea', { spellcheck: false, autocapitalize: 'off', autocomplete: 'off', wrap: 'off', rows: 14 });
  const errors = make('pre', { tabIndex: 0, hidden: true });
  const verdict = make('pre', { tabIndex: 0, hidden: true });
  const calls = make('pre', { tabIndex: 0 });
  for (const [element, label] of [[editor, words.source], [errors, words.errors], [verdict, words.verdict], [calls, words.trace]]) {
    element.setAttribute('aria-label', label);
    element.translate = false;
    if (element !== editor) element.setAttribute('role', 'region');
  }
  const buttons = {
    run: button(words.run, () => act(run)),
    judge: button(words.judge, () => act(judge)),
    change: button(words.change, () => act(change)),
    kernel: button(words.kernel, () => act(trace)),
    over: button(words.over, () => act(startOver)),
    original: button(words.original, () => showSource(true)),
  };
  const place = make('div');
  const keys = make('div', { className: 'keys' });
  const source = folded(words.source, picker, editor, make('p', {}, buttons.original), errors);
  const traced = folded(words.trace, make('p', { textContent: words.traced }), calls);
  source.hidden = buttons.judge.hidden = traced.hidden = true; // until show(), showTrace()
  const about = folded(words.about, make('p', { textContent: words.other }), make('p', { className: 'versions' }),
    make('p', {}, make('a', { href: new URL('machine/NOTICES.txt', base), textContent: words.notices })));
  const panel = make('aside', { className: 'panel' },
    make('header', {}, make('h2', {}, words.title + ': ', title), button(words.close, close)),
    status, progress,
    make('div', { className: 'tools' }, buttons.run, buttons.judge, buttons.change, buttons.kernel, buttons.over),
    verdict, place, keys, make('p', { className: 'leave', textContent: words.leave }), source, traced, about);
  panel.setAttribute('aria-label', words.title);

  let guest, started, target, shown, opener, screens = [], active, turn = 0;
  let changing = false; // whether the last run was of the changed program
  // The source of each program as the reader has it, and as it was; a change has its own.
  const edited = new Map(), original = new Map();
  const keyOf = name => target.patch ? target.name : name;
  const fileOf = name => target.exercise ? `/machine/chapters/*/exercises/${name}/${name}.c` : `/machine/book/${name}.c`;

  const say = text => { status.textContent = text; };
  // Ends an action if a newer one has begun since its turn.
  const check = mine => { if (mine !== turn) throw new Error('cut'); };

  // Runs an action of a button. A new one ends the one before.
  async function act(action) {
    const mine = ++turn;
    if (guest) guest.cut();
    try {
      await start();
      if (mine === turn && shown !== target) show();
      if (mine === turn) await action();
    } catch (error) {
      if (mine === turn && error.message !== 'cut') fail(error);
    }
  }

  // Shows the terminals and the sources of the target.
  function show() {
    picker.replaceChildren(...target.programs.map(name => make('option', { value: name, textContent: name + '.c' })));
    picker.hidden = target.programs.length < 2;
    source.hidden = target.programs.length === 0;
    buttons.judge.hidden = !target.exercise;
    buttons.change.hidden = source.hidden || target.exercise;
    source.open ||= target.exercise;
    verdict.hidden = errors.hidden = traced.hidden = true;
    editor.value = '';
    changing = false;
    controlKey.setAttribute('aria-pressed', 'false');
    showScreens();
    if (!source.hidden) showSource();
    shown = target;
  }

  function fail(error) {
    progress.hidden = true;
    say(error.words || words.failed);
    if (error.words !== words.nowasm) window.console.warn(error);
  }

  // Loads and starts the machine, once. After a failure the next call tries again.
  function start() {
    return started ||= load().catch(error => { started = null; throw error; });
  }
  const style = make('link', { rel: 'stylesheet', href: new URL('machine/xterm.css', base) });
  async function load() {
    if (typeof WebAssembly !== 'object' || typeof DecompressionStream !== 'function') throw Object.assign(new Error('an old browser'), { words: words.nowasm });
    let here = 0, torn = false; // whether a file is missing
    const get = file => machine.load('machine/' + file).catch(error => {
      torn = true;
      throw Object.assign(error, { words: words.missing.replace('%s', error.message) });
    });
    progress.hidden = false;
    document.head.append(style);
    const show = file => {
      if (torn) return;
      const { sizes } = machine.about, MB = 1e6;
      const all = FILES.reduce((sum, name) => sum + sizes[name], 0);
      here += sizes[file] || 0;
      progress.value = here / all;
      say(words.loading.replace('%d', (all / MB).toFixed(1)).replace('%d', (here / MB).toFixed(1)));
    };
    await Promise.all(['about.js', ...FILES].map(file => get(file).then(() => show(file))));
    say(words.starting);
    const made = new machine.Guest();
    await made.start().catch(error => {
      throw Object.assign(error, { words: error instanceof WebAssembly.CompileError ? words.nowasm : words.memory });
    });
    guest = made;
    progress.hidden = true;
    if (!panel.isConnected) guest.emulator.stop(); // closed meanwhile
    about.querySelector('.versions').textContent = `${words.versions} ${Object.entries(machine.about.versions)
      .map(entry => entry.join(' ')).join(', ')}`;
  }

  // The keys for a phone act on this terminal; a pressed Ctrl stays pressed.
  function activate(screen) {
    if (screen === active) return;
    screen.control = active.control;
    active.control = false;
    active = screen;
  }

  // Shows the terminals of the target.
  function showScreens() {
    const names = [];
    for (const [name, i] of machine.placesOf(target.blocks)) names[i] = names[i] ? `${names[i]}, ${name}` : name;
    for (const screen of screens) screen.close();
    place.replaceChildren();
    screens = names.map((name, i) => {
      const label = name || words.terminal, host = make('div', { className: 'screen-of' });
      const section = make('section', { translate: false }, ...(name ? [make('h3', { textContent: name })] : []), host);
      section.setAttribute('aria-label', label);
      place.append(section);
      return new machine.Screen(host, words.typing.replace('%s', label), guest.lines[i], [0, 16, 9, 7][names.length], leaves);
    });
    active = screens[0];
    for (const screen of screens) {
      screen.place.addEventListener('focusin', () => activate(screen));
      screen.onType = () => { controlKey.setAttribute('aria-pressed', 'false'); };
    }
    fit();
  }
  function fit() {
    for (const screen of screens) screen.resize();
    const { cols, rows } = screens[0].terminal;
    guest.ask(screens.map((_, i) => `stty -F /dev/ttyS${i} cols ${cols} rows ${rows}`).join('; ')).catch(() => {});
  }

  // The source -----------------------------------------------------------------

  // Shows the source of a program, as the reader has it, or as it was.
  async function edit(name, again = false) {
    const key = keyOf(name), { patch } = target;
    if (!original.has(key)) {
      const { output } = await guest.ask(`cat ${fileOf(name)}`);
      original.set(key, patch ? patched(output, patch) : output);
    }
    if (again) errors.hidden = true;
    if (again || !edited.has(key)) edited.set(key, original.get(key));
    if (name === picker.value && key === keyOf(name)) editor.value = edited.get(key);
  }
  const showSource = again => { edit(picker.value, again).catch(() => {}); }; // compile() tries again
  // The emulator runs code faster after the first run, because it has translated the code. So
  // compile once while the reader reads the source.
  source.addEventListener('toggle', () => guest.ask(`cc -w -o /tmp/warm ${fileOf(picker.value)}`).catch(() => {}), { once: true });
  const keep = () => { if (original.has(keyOf(picker.value))) edited.set(keyOf(picker.value), editor.value); };
  editor.addEventListener('input', keep);
  editor.addEventListener('keydown', event => {
    if (leaves(event) || event.key !== 'Tab' || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    editor.setRangeText('    ', editor.selectionStart, editor.selectionEnd, 'end');
    keep();
  });

  // Compiles the programs of the target that the reader has changed, and the one in the
  // editor; resolves with whether that succeeded.
  async function compile() {
    const mine = turn;
    say(words.compiling);
    await edit(picker.value);
    check(mine);
    let messages = '', failed = 0;
    for (const name of target.programs) {
      const key = keyOf(name), text = edited.get(key);
      if (name !== picker.value && text === original.get(key)) continue;
      await guest.write(name + '.c', text);
      check(mine);
      const { status: code, output } = await guest.ask(`cc -Wall -o ${name} ${name}.c`);
      check(mine);
      messages += output;
      failed ||= code;
    }
    errors.hidden = messages === '';
    errors.textContent = messages;
    return !failed;
  }

  // The buttons ----------------------------------------------------------------

  // A change and an exercise run what the editor has.
  const isOwn = () => Boolean(target.patch || target.exercise);
  const run = () => begin(isOwn());
  const change = () => {
    if (!source.open) {
      source.open = true;
      source.scrollIntoView({ block: 'nearest' });
    }
    return begin(true);
  };
  const trace = () => begin(changing || isOwn(), true);

  // Makes the folder as it was, and compiles; resolves with whether that succeeded.
  async function prepare(withChange) {
    const mine = turn;
    traced.hidden = true;
    await machine.tidy(guest, target.blocks);
    check(mine);
    const compiled = !withChange || await compile();
    check(mine);
    if (compiled) return true;
    say(words.wrong);
    source.open = true;
    errors.focus();
    return false;
  }

  // Runs the transcript in a clean folder, with the programs of the book or with those of
  // the editor, and shows the system calls if they are wanted.
  async function begin(withChange, withTrace) {
    const mine = turn;
    changing = withChange;
    say(words.running);
    if (!await prepare(changing)) return;
    say(words.running);
    const shells = withTrace && (await guest.ask('trace')).output.trim().split(' ');
    let same, output;
    try {
      check(mine);
      same = await machine.play(guest, target.blocks);
    } finally {
      if (withTrace) output = (await guest.ask('traced')).output;
    }
    check(mine);
    if (withTrace) showTrace(machine.shownTrace(output, shells));
    const own = changing && target.programs.some(name => edited.get(keyOf(name)) !== original.get(keyOf(name)));
    say(own || target.exercise ? words.done : same ? words.same : words.differs);
  }

  // Judges the program of an exercise.
  async function judge() {
    const mine = turn;
    verdict.hidden = true;
    say(words.judging);
    if (!await prepare(true)) return;
    say(words.judging);
    const { status: code, output } = await guest.ask(`judge ${target.name}`);
    check(mine);
    verdict.textContent = /^ {2}[-+] /m.test(output) ? `${output}\n${words.signs}` : output;
    verdict.hidden = output === '';
    say([words.solved, words.unsolved][code] || words.unjudged);
  }
  function showTrace(lines) {
    calls.textContent = lines.join('\n') || words.none;
    traced.hidden = false;
    traced.open = true;
    traced.scrollIntoView({ block: 'nearest' });
  }
  async function startOver() {
    say(words.starting);
    traced.hidden = true;
    await guest.restore();
    for (const screen of screens) screen.reset();
    fit();
    say(words.ready);
  }

  // The panel and the page -----------------------------------------------------

  // Whether a key moves the focus out: Shift+Tab back, as everywhere, and F6 forward.
  function leaves(event) {
    if (event.key === 'Tab' && event.shiftKey) return true;
    if (event.key !== 'F6') return false;
    if (event.type === 'keydown') {
      event.preventDefault();
      const stops = [...panel.querySelectorAll('button, select, summary, textarea, pre[tabindex]')]
        .filter(element => element.getClientRects().length && element.tabIndex >= 0);
      stops[(stops.indexOf(document.activeElement) + 1) % stops.length].focus();
    }
    return true;
  }

  // Keys that a phone does not have. They leave the focus where it is.
  const send = text => () => { active?.type(text); };
  const controlKey = button('Ctrl', () => {
    if (!active) return; // the files still load
    active.control = !active.control;
    controlKey.setAttribute('aria-pressed', String(active.control));
  });
  controlKey.setAttribute('aria-pressed', 'false');
  keys.setAttribute('role', 'group');
  keys.setAttribute('aria-label', words.keys);
  keys.append(controlKey, ...[['Tab', '\t'], ['Esc', '\x1b'], ['←', '\x1b[D'], ['↑', '\x1b[A'], ['↓', '\x1b[B'],
    ['→', '\x1b[C'], ['^C', '\x03'], ['^D', '\x04']].map(([name, text]) => button(name, send(text))));
  keys.addEventListener('pointerdown', event => event.preventDefault());

  // Opens or closes the panel, and keeps the anchor at its place in the window.
  function dock(open, anchor) {
    const before = anchor.getBoundingClientRect().top;
    document.body.classList.toggle('with-panel', open);
    window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: 'instant' });
  }
  function close() {
    turn++;
    guest?.cut();
    guest?.emulator?.stop();
    panel.remove();
    dock(false, opener);
    opener.focus({ preventScroll: true });
  }

  machine.open = from => {
    start().catch(() => {}); // the files load while the page makes room; act() reports a failure
    opener = from;
    target = targetOf(from);
    title.textContent = target.name;
    if (!panel.isConnected) {
      document.body.append(panel);
      dock(true, from);
      guest?.emulator?.run();
    }
    panel.querySelector('header button').focus({ preventScroll: true });
    act(() => {
      say(words.ready);
      // The reader may have gone back to the text while the files loaded.
      if (panel.contains(document.activeElement)) screens[0].focus();
    });
  };

  const repaint = () => requestAnimationFrame(() => { for (const screen of screens) screen.repaint(); });
  document.querySelector('select.theme')?.addEventListener('change', repaint);
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
  // Leaving the page loses what the reader has written, so the browser asks first.
  addEventListener('beforeunload', event => {
    if ([...edited].every(([key, text]) => text === original.get(key))) return;
    event.preventDefault();
    event.returnValue = true; // Chrome before 119 asks only then
  });
  addEventListener('resize', () => { if (screens.length && panel.isConnected) fit(); });
})();
