// A Linux in an emulator, v86. Its serial lines 0 to 2 are terminals, each with a shell at
// its prompt; line 3 has a shell for the panel itself.
(() => {
  'use strict';
  const machine = window.ipcMachine;
  const CONTROL = 3;
  const encoder = new TextEncoder();
  // The bytes of a script file of the machine: base64 in the comment of a function.
  function bytesOf(data) {
    const [, text] = String(data).split(/\/\*|\*\//);
    return Uint8Array.fromBase64 ? Uint8Array.fromBase64(text)
      : Uint8Array.from(atob(text), character => character.charCodeAt(0));
  }
  const unzipped = data => new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();

  // Clears the memory before a state goes in. New memory is zero already, and touching all
  // of it takes half a second.
  let touched = false;
  function clear(code, ...range) {
    if (touched) code.zero_memory(...range);
    touched = true;
  }

  // v86 runs for a millisecond, then lets the page act, by a message to a worker and back.
  // A message to oneself is faster.
  function useChannel(v86) {
    const { port1, port2 } = new window.MessageChannel();
    port1.onmessage = event => v86.yield_callback(event.data);
    v86.yield = (delay, tick) => {
      if (delay < 1) port2.postMessage(tick);
      else setTimeout(() => v86.yield_callback(tick), delay);
    };
  }

  // The output of a serial line. `text` is the output since the last clear().
  class Line {
    constructor(send) {
      Object.assign(this, { send, text: '', watchers: new Set(), onText: () => {}, bytes: [], decoder: new TextDecoder() });
    }
    receive(byte) {
      if (this.bytes.push(byte) === 1) setTimeout(() => this.flush());
    }
    flush() {
      const text = this.decoder.decode(new Uint8Array(this.bytes), { stream: true });
      this.bytes = [];
      this.text += text;
      this.onText(text);
      for (const watcher of this.watchers) watcher.look();
    }
    // Resolves with the value of look(text) as soon as it is true.
    until(look) {
      return new Promise((done, fail) => {
        const watcher = { fail, look: () => {
          const value = look(this.text);
          if (value) { this.watchers.delete(watcher); done(value); }
        } };
        this.watchers.add(watcher);
        watcher.look();
      });
    }
    // Rejects all promises that wait for this line.
    cut(error) {
      for (const watcher of this.watchers) watcher.fail(error);
      this.watchers.clear();
    }
    clear() { this.text = '$ '; }
    // Resolves when the shell of a terminal shows its prompt.
    prompt() { return this.until(text => text.endsWith('$ ')); }
  }

  class Guest {
    constructor() {
      this.lines = [0, 1, 2, CONTROL].map(i => new Line(text => {
        if (i !== CONTROL) this.used = true;
        this.emulator.serial_send_bytes(i, encoder.encode(text));
      }));
      this.asked = Promise.resolve();
      this.cuts = 0;
      this.restores = 0;
    }

    // Starts the saved machine. Fails if the browser cannot.
    async start() {
      this.state = bytesOf(machine.state).buffer;
      const code = await unzipped(bytesOf(machine.wasm));
      const { memory_size, vga_memory_size } = machine.about;
      const ready = new Promise((done, fail) => {
        const emulator = this.emulator = new window.V86({
          wasm_fn: imports => WebAssembly.instantiate(code, imports)
            .then(made => ({ ...made.instance.exports, zero_memory: clear.bind(null, made.instance.exports) }))
            .catch(error => { fail(error); return new Promise(() => {}); }),
          initial_state: { buffer: this.state }, memory_size, vga_memory_size,
          uart1: true, uart2: true, uart3: true, acpi: false, fastboot: true, autostart: true,
          disable_keyboard: true, disable_mouse: true, disable_speaker: true,
        });
        for (const [i, line] of this.lines.entries()) {
          emulator.add_listener(`serial${i}-output-byte`, byte => line.receive(byte));
        }
        emulator.add_listener('emulator-started', done); // also after each stop; the first one counts
      });
      await ready;
      useChannel(this.emulator.v86);
      this.prepare();
    }

    // After each start from the saved state.
    prepare() {
      this.used = false; // whether something ran on a terminal, or a file was written
      for (const line of this.lines) line.clear();
      this.ask(`date -s @${Math.floor(Date.now() / 1000)}`).catch(() => {}); // a restore cuts it
    }

    // Goes back to the saved state.
    async restore() {
      let restored;
      this.restores++; // commands that wait do not run any more
      this.asked = new Promise(done => { restored = done; });
      this.cut();
      this.lines[CONTROL].cut(new Error('cut'));
      try {
        await this.emulator.stop();
        await this.emulator.restore_state(this.state);
        for (const line of this.lines) line.bytes = [];
        await this.emulator.run();
        this.prepare();
      } finally {
        restored();
      }
    }

    // Rejects all promises that wait for a terminal. Commands of the panel's shell continue.
    cut() {
      this.cuts++;
      for (const line of this.lines.slice(0, CONTROL)) line.cut(new Error('cut'));
    }

    // Runs a command of one line in the panel's shell, which may read the bytes; resolves
    // with {status, output}. One command runs after the other.
    ask(command, bytes = []) {
      const { restores } = this;
      const answer = this.asked.then(async () => {
        if (restores !== this.restores) throw new Error('cut');
        const line = this.lines[CONTROL];
        line.text = '';
        line.send(command + '\n');
        this.emulator.serial_send_bytes(CONTROL, bytes);
        const [output, status] = await line.until(text => /\n$/.test(text.split('\x1e')[1]) && text.split('\x1e'));
        return { status: Number(status), output };
      });
      this.asked = answer.catch(() => {});
      return answer;
    }

    // Resolves when no process but the panel's shell can run: all wait for something.
    async idle() {
      const { cuts } = this;
      let load;
      do {
        load = await this.ask('read -r a b c load d < /proc/loadavg; echo $load');
        if (cuts !== this.cuts) throw new Error('cut');
      } while (!load.output.startsWith('1/'));
    }

    // Writes a file.
    write(name, text) {
      this.used = true;
      const bytes = encoder.encode(text);
      return this.ask(`put ${name} ${bytes.length}`, bytes);
    }
  }

  machine.Guest = Guest;
})();
