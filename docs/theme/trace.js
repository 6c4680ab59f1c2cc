// Removes from a trace of strace -f the calls of the shells, and those with which the
// dynamic linker loads a program.
(() => {
  'use strict';
  const parent = /^(?:v?fork|clone3?)\(.*= (\d+)$|^<\.\.\. (?:v?fork|clone3?) resumed>.*= (\d+)$/;

  // shells has the process IDs of the shells, as strings. Returns the lines that are left.
  window.ipcMachine.shownTrace = (trace, shells) => {
    const lines = trace.split('\n').map(line => line.match(/^(\d+) +(.*)$/)).filter(Boolean);
    // What a shell has started is its own until it executes a program.
    const own = new Set(shells), loading = new Set();
    for (const [, pid, call] of lines) {
      const made = call.match(parent);
      if (made && shells.includes(pid)) own.add(made[1] || made[2]);
    }
    const shown = [];
    for (const [line, pid, call] of lines) {
      const executed = /^execve\(/.test(call) && !/= -1 /.test(call);
      if (executed) own.delete(pid);
      if (!own.has(pid) && !loading.has(pid)) shown.push(line);
      // The linker calls rseq() when it has opened all libraries.
      if (executed) loading.add(pid);
      else if (/^rseq\(|^\+\+\+ /.test(call)) loading.delete(pid);
    }
    return shown;
  };
})();
