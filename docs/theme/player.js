// Types the commands of a transcript, each when the one before has ended or waits, and
// compares what comes out.
(() => {
  'use strict';
  const { fill, matches } = window.ipcMachine.transcript;

  // The book runs each command in a shell of its own. Here one shell runs them all, so a
  // command that changes the shell, or has a part in the background, is in parentheses.
  const changesShell = /(?:^|[;&|]\s*)(?:cd|umask|ulimit|exec \d)\b|(?<![&<>])&(?!&)/;
  const typed = block => block.kind === '$' && changesShell.test(block.text) ? `(${block.text})` : block.text;

  // The line of each terminal of a transcript, {name => index}; "" is a terminal without
  // a name. A fourth terminal takes the first line on which no command runs.
  const LINES = 3;
  function placesOf(blocks) {
    const places = new Map(), running = [];
    for (const { terminal, waits } of blocks) {
      if (!places.has(terminal)) {
        places.set(terminal, running.length < LINES ? running.length : running.indexOf(false));
      }
      running[places.get(terminal)] = waits;
    }
    return places;
  }

  // Ends what runs on the terminals, and removes what a run before has left.
  async function tidy(guest, blocks) {
    await guest.asked; // a new size of the terminal makes its shell write the line again
    if (!guest.used) return;
    const lines = guest.lines.slice(0, Math.min(LINES, placesOf(blocks).size));
    for (const line of lines) if (!line.text.endsWith('$ ')) line.send('\x03');
    await guest.ask('clean');
    for (const line of lines) await line.prompt();
  }

  // The lines of an output, without what only moves the cursor: the codes of the shell's
  // editor, and what the terminal shows for a typed ^D.
  function linesOf(output) {
    const text = output.replaceAll('^D\b\b', '').split('\x1b')
      .map((part, i) => i ? part.replace(/^\[[?\d;]*[A-Za-z]/, '') : part).join('')
      .replace(/\r+\n/g, '\n').replace(/^\r+|\r$/g, '');
    return text ? text.replace(/\n$/, '').split('\n') : [];
  }

  // Plays the blocks; resolves with whether the output was the expected one.
  async function play(guest, blocks) {
    const places = placesOf(blocks);
    const values = {};
    let same = true;
    const ends = guest.lines.map(line => line.text.length);
    for (const block of blocks) {
      const i = places.get(block.terminal), line = guest.lines[i];
      if (block.kind !== ':') {
        const text = fill(typed(block), values);
        line.send(text === '^D' ? '\x04' : text + '\r');
        // The terminal repeats the typed line; the output begins in the next one.
        if (text !== '^D') ends[i] = await line.until(all => all.indexOf('\n', ends[i]) + 1);
      }
      await (block.waits ? guest.idle() : line.prompt());
      const output = line.text.slice(ends[i], block.waits ? undefined : -2);
      ends[i] = line.text.length;
      same = matches(block.lines, linesOf(output), values) && same;
    }
    return same;
  }

  Object.assign(window.ipcMachine, { placesOf, tidy, play });
})();
