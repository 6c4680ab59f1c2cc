// The terminals of the panel, by xterm.js.
(() => {
  'use strict';
  const machine = window.ipcMachine;
  const FONT = 13, FAMILY = '"DejaVu Sans Mono", "Noto Sans Mono", Menlo, Consolas, monospace';

  // The width of a character, in px.
  function widthOfCharacter(place) {
    const ruler = document.createElement('span');
    ruler.textContent = 'W'.repeat(100);
    ruler.style.cssText = `position: absolute; visibility: hidden; font: ${FONT}px ${FAMILY}`;
    place.append(ruler);
    const width = ruler.getBoundingClientRect().width / 100;
    ruler.remove();
    return width;
  }

  class Screen {
    // A terminal in the element `place` for a line of the guest. leave(event) is called
    // for keys; if it returns true, the key is none of the program's.
    constructor(place, label, line, rows, leave) {
      this.place = place;
      this.line = line;
      this.control = false;
      window.Terminal.strings.promptLabel = label;
      this.terminal = new window.Terminal({ rows, cols: this.columns(), fontSize: FONT, fontFamily: FAMILY,
        screenReaderMode: true, minimumContrastRatio: 4.5, scrollback: 1000, theme: this.theme() });
      this.terminal.open(place);
      this.terminal.attachCustomKeyEventHandler(event => !leave(event));
      this.terminal.onData(data => this.type(data));
      this.show(line.text);
      line.onText = text => this.show(text);
    }
    // The editor of a shell may ask for the place of the cursor: the answer would be input.
    show(text) { this.terminal.write(text.replaceAll('\x1b[6n', '')); }
    columns() {
      return Math.max(20, Math.floor((this.place.clientWidth - 20) / widthOfCharacter(this.place)));
    }
    theme() {
      const { backgroundColor: background, color: foreground } = window.getComputedStyle(this.place);
      return { background, foreground, cursor: foreground, selectionBackground: '#8888', selectionInactiveBackground: '#8886' };
    }
    repaint() { this.terminal.options.theme = this.theme(); }
    resize() { this.terminal.resize(this.columns(), this.terminal.rows); }
    // With the key Ctrl of the panel, a letter is a control character.
    type(data) {
      this.line.send(this.control && data.length === 1 ? String.fromCharCode(data.charCodeAt(0) & 31) : data);
      this.control = false;
      this.onType?.();
    }
    focus() { this.terminal.focus(); }
    reset() {
      this.terminal.reset();
      this.show(this.line.text);
    }
    close() {
      this.line.onText = () => {};
      this.terminal.dispose();
    }
  }

  machine.Screen = Screen;
})();
