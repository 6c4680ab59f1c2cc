// A Linux in an emulator, v86. Its serial lines 0 to 2 are terminals, each with a shell at
// its prompt; line 3 has a shell for the panel itself.
(() => {
  'use strict';
  const machine = window.ipcMachine;
  const CONTROL = 3;
  const encoder = new TextEncoder();
  // Calls that every program makes for its memory and its start. rseq() is not among
  // them: the dynamic linker calls it when it has opened all libraries.
  const UNTRACED = "'!brk,mmap2,munmap,mprotect,set_thread_area,set_tid_address,set_robust_list,prlimit64,ugetrlimit," +
    "getrandom,access,rt_sigprocmask,rt_sigreturn'";

  const fromBase64 = text => Uint8Array.fromBase64 ? Uint8Array.fromBase64(text)
    : Uint8Array.from(atob(text), character => character.charCodeAt(0));
  const unzipped = data => new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  const toBase64 = text => btoa(String.fromCharCode(...encoder.encode(text)));

  // Functions of the panel's shell. 1088 to 1090 are the numbers of ttyS0 to ttyS2 in
  // /proc/PID/stat.
  const FUNCTIONS = [
    // Print the process IDs of the terminals' shells ("shell") or of all others there ("job").
    'processes() { want=$1; for p in /proc/[0-9]*; do { read -r s < $p/stat; } 2> /dev/null || continue; ' +
      'name=${s#*\\(}; name=${name%\\)*}; set -- ${p#/proc/} ${s##*\\) }; kind=job; ' +
      '[ "$1 $name" != "$5 bash" ] || kind=shell; ' +
      'case $6 in 1088|1089|1090) [ $want != $kind ] || echo $1;; esac; done; }',
    // End what runs on the terminals, remove its queues, and make the folder as it was.
    'clean() { jobs=$(processes job); [ -z "$jobs" ] || kill -9 $jobs; ' +
      'rm -rf ./* ./.[!.]*; cp -a /tmp/book/. .; ' +
      'while read -r key id rest; do case $id in [0-9]*) ipcrm -q $id;; esac; done < /proc/sysvipc/msg; }',
    // Begin to trace what the terminals' shells start, and end it.
    'trace() { set -- $(processes shell); strace -f -qq -o /tmp/trace -e trace=' + UNTRACED +
      ' $(printf " -p %s" "$@") & tracer=$!; for p; do while grep -q "TracerPid:.0" /proc/$p/status; do :; done; done; echo "$@"; }',
    'traced() { kill -INT $tracer; wait $tracer; head -c 60000 /tmp/trace; }',
    'cp -a . /tmp/book',
  ];

  // What comes from a serial line. `text` is all of it since the last clear().
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
      this.lines = [0, 1, 2, CONTROL].map(i => new Line(text => this.emulator.serial_send_bytes(i, encoder.encode(text))));
      this.asked = Promise.resolve();
      this.cuts = 0;
    }

    // Starts the saved machine. Fails if the browser cannot.
    async start() {
      this.state = fromBase64(machine.state).buffer;
      const code = await unzipped(fromBase64(machine.wasm));
      const { memory_size, vga_memory_size, uarts } = machine.about;
      const ready = new Promise((done, fail) => {
        const emulator = this.emulator = new window.V86({
          wasm_fn: imports => WebAssembly.instantiate(code, imports).then(made => made.instance.exports)
            .catch(error => { fail(error); return new Promise(() => {}); }),
          initial_state: { buffer: this.state }, memory_size, vga_memory_size,
          ...Object.fromEntries([1, 2, 3].filter(i => i < uarts).map(i => ['uart' + i, true])),
          acpi: false, fastboot: true, autostart: true,
          disable_keyboard: true, disable_mouse: true, disable_speaker: true,
        });
        for (const [i, line] of this.lines.entries()) {
          emulator.add_listener(`serial${i}-output-byte`, byte => line.receive(byte));
        }
        emulator.add_listener('emulator-started', done);
      });
      await ready;
      await this.prepare();
    }

    // After each start from the saved state.
    async prepare() {
      for (const line of this.lines) line.clear();
      await this.ask(`date -s @${Math.floor(Date.now() / 1000)}`);
      for (const text of FUNCTIONS) await this.ask(text);
    }

    // Goes back to the saved state.
    async restore() {
      this.cut();
      this.lines[CONTROL].cut(new Error('cut'));
      await this.emulator.stop();
      await this.emulator.restore_state(this.state);
      for (const line of this.lines) line.bytes = [];
      this.asked = Promise.resolve();
      await this.emulator.run();
      await this.prepare();
    }

    // Rejects all promises that wait for a terminal. Commands of the panel's shell continue.
    cut() {
      this.cuts++;
      for (const line of this.lines.slice(0, CONTROL)) line.cut(new Error('cut'));
    }

    // Runs a command of one line in the panel's shell; resolves with {status, output}.
    // One command runs after the other.
    ask(command) {
      const answer = this.asked.then(async () => {
        const line = this.lines[CONTROL];
        line.text = '';
        line.send(command + '\n');
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

    // Writes a file, in parts that the serial line can hold.
    async write(name, text) {
      await this.ask(`: > ${name}`);
      for (const part of text.match(/[^]{1,3000}/gu) || []) await this.ask(`add ${name} ${toBase64(part)}`);
    }
  }

  machine.Guest = Guest;
})();
