// The machine in Node: start it from its kernel or from its saved state, and run
// commands on its control line. docs/page-machine/guest/control answers there.
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { gunzipSync } from 'node:zlib';

// The parts of the machine. A page must give the same ones to restore a state.
export const HARDWARE = { memory_size: 128 << 20, vga_memory_size: 2 << 20 };
const options = ({ memory_size, vga_memory_size }) => ({ memory_size, vga_memory_size, uart1: true, uart2: true,
  uart3: true, acpi: false, fastboot: true, autostart: true, disable_keyboard: true, disable_mouse: true,
  disable_speaker: true });

const bytes = async path => {
  const data = await readFile(path);
  return { buffer: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) };
};

class Machine {
  constructor(emulator) {
    this.emulator = emulator;
    this.answer = '';
    this.waiting = [];
    emulator.add_listener('serial3-output-byte', byte => this.#take(byte));
  }

  // An answer is output, 0x1e, the status and a newline.
  #take(byte) {
    this.answer += String.fromCharCode(byte);
    const end = byte === 10 ? this.answer.lastIndexOf('\u001e') : -1;
    if (end < 0) return;
    const output = Buffer.from(this.answer.slice(0, end), 'latin1').toString();
    const status = Number(this.answer.slice(end + 1));
    this.answer = '';
    this.waiting.shift()?.({ output, status });
  }

  // The next answer of the control line; fails after the given seconds.
  answered(seconds) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(
        `the machine did not answer within ${seconds} s; it said: ${this.answer.slice(-2000)}`)), seconds * 1000);
      this.waiting.push(answer => { clearTimeout(timer); resolve(answer); });
    });
  }

  // Run a command of the shell; it must be one line.
  command(text, seconds = 60) {
    const answer = this.answered(seconds);
    this.emulator.serial_send_bytes(3, Buffer.from(`${text}\n`));
    return answer;
  }

  // Write a file. The serial line holds some kilobytes that nobody has read yet.
  async put(name, content) {
    const data = Buffer.from(content);
    const answer = this.command(`put ${name} ${data.length}`);
    for (let at = 0; at < data.length; at += 4096) {
      this.emulator.serial_send_bytes(3, data.subarray(at, at + 4096));
      await new Promise(resolve => setTimeout(resolve));
    }
    return answer;
  }
}

async function load(modules) {
  const { V86 } = await import(pathToFileURL(`${modules}/v86/build/libv86.mjs`));
  return V86;
}

// Boot the kernel. modules is the folder node_modules; the rest are paths.
export async function boot(modules, { kernel, initrd, bios, vgaBios, print }) {
  const V86 = await load(modules);
  const emulator = new V86({ ...options(HARDWARE), wasm_path: `${modules}/v86/build/v86.wasm`, bios: await bytes(bios),
    vga_bios: await bytes(vgaBios), bzimage: await bytes(kernel), initrd: await bytes(initrd),
    cmdline: 'console=ttyS0 quiet tsc=reliable' });
  if (print) emulator.add_listener('serial0-output-byte', byte => print(String.fromCharCode(byte)));
  const machine = new Machine(emulator);
  await machine.answered(120);
  return machine;
}

// Restore the state from the script files of a page, as a browser does.
export async function restore(modules, folder) {
  const window = createContext({});
  window.window = window;
  for (const name of ['wasm.js', 'state.js', 'about.js'])
    runInContext(await readFile(`${folder}/${name}`, 'utf8'), window);
  const { wasm, state, about } = window.ipcMachine;
  const [code, data] = [wasm, state].map(part => Buffer.from(String(part).split(/\/\*|\*\//)[1], 'base64'));
  const V86 = await load(modules);
  const emulator = new V86({ ...options(about),
    wasm_fn: async imports => (await WebAssembly.instantiate(gunzipSync(code), imports)).instance.exports,
    initial_state: { buffer: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) } });
  const machine = new Machine(emulator);
  await new Promise(resolve => emulator.add_listener('emulator-started', resolve));
  return machine;
}
