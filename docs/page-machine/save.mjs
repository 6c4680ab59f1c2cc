// Boots the machine and saves its state when its shells are at their prompts.
//
// Usage: node docs/page-machine/save.mjs FOLDER STATE
import { writeFile } from 'node:fs/promises';
import { boot } from './machine.mjs';

const [work, path] = process.argv.slice(2);
const bioses = `${work}/root/usr/share/seabios`;
let said = '';
const machine = await boot(`${work}/node/node_modules`, { kernel: `${work}/bzImage`, initrd: `${work}/initrd.gz`,
  bios: `${bioses}/bios.bin`, vgaBios: `${bioses}/vgabios-stdvga.bin`,
  print: text => { said += text; if (process.env.V) process.stdout.write(text); } });
const { output, status } = await machine.command('forget');
if (status !== 0 || !said.endsWith('$ '))
  throw new Error(`the machine is not ready: ${output}${said}`);
await machine.emulator.stop();
await writeFile(path, Buffer.from(await machine.emulator.save_state()));
process.exit();
