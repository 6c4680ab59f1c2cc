// Plays transcripts in the machine, with the recorder that makes the book, and compares the
// output as the tests do; and judges exercises.
//
// Usage: node docs/page-machine/check.mjs FOLDER BOOK (TRANSCRIPT | EXERCISE)...
//
// EXERCISE is a folder. The judge must refuse its skeleton and the wrong solutions, with the
// lines of their .expect files, and accept its solution. Numbers in these lines may be
// others, as types have other sizes here.
// BOOK has the files that the page loads. Each transcript is played twice: with the programs
// that are in the state, and with programs that tcc compiles from the sources in it. That of
// a change is played once, with the program that tcc compiles from build/changes. A
// transcript with a line "# the machine prints otherwise: REASON" must fail.
import { readdirSync, readFileSync } from 'node:fs';
import { restore } from './machine.mjs';

const [work, book, ...paths] = process.argv.slice(2);
const isTranscript = path => path.endsWith('.console');
const started = performance.now();
const withoutNumbers = text => text.replace(/\d+/g, '0');
const seconds = since => ((performance.now() - since) / 1000).toFixed(2);
const machine = await restore(`${work}/node/node_modules`, book);
await machine.command(`date -s @${Math.floor(Date.now() / 1000)}`);
console.log(`the machine answers ${seconds(started)} s after the start`);

await machine.put('/tmp/record', readFileSync(`${work}/check/record`));
const compiling = performance.now();
const compiled = await machine.command('chmod +x /tmp/record; mkdir -p /tmp/play /tmp/compiled; status=0; for file in *.c; do ' +
  'tcc -w -o "/tmp/compiled/${file%.c}" "$file" || status=1; done; ls /tmp/compiled | wc -l; (exit $status)', 300);
console.log(`tcc compiled ${compiled.output.trim()} programs in ${seconds(compiling)} s`);
if (compiled.status !== 0) console.log('not ok: a program does not compile');
let passed = 0, failed = compiled.status !== 0 ? 1 : 0;
const exceptions = [];

for (const path of paths.filter(isTranscript)) {
  const text = readFileSync(path, 'utf8');
  const name = path.replace(/^chapters\/(.*)\.console$/, '$1');
  const reason = /^# the machine prints otherwise: (.*)$/m.exec(text)?.[1];
  await machine.put('/tmp/play/t.console', text);
  const change = path.match(/\/changes\/((.*)-[^-]*)\.console$/);
  if (change) {
    await machine.command('rm -rf /tmp/changed; mkdir /tmp/changed');
    await machine.put(`/tmp/changed/${change[2]}.c`, readFileSync(`build/changes/${change[1]}/${change[2]}.c`));
    const { output, status } = await machine.command(`cc -w -o /tmp/changed/${change[2]} /tmp/changed/${change[2]}.c`);
    if (status !== 0) {
      failed++;
      console.log(`not ok ${name}: it does not compile\n${output}`);
      continue;
    }
  }
  const kinds = change ? [['changed', '-c /tmp/changed -b /home/reader']] :
    [['prebuilt', '-b /home/reader'], ['compiled', '-b /tmp/compiled']];
  for (const [kind, programs] of kinds) {
    const since = performance.now();
    const { output, status } = await machine.command(`cd /tmp/play; /tmp/record ${programs} -s /home/reader -r / ` +
      't.console out; status=$?; cd /home/reader; (exit $status)', 600);
    const good = status === 0 && output === '';
    if (good === (reason === undefined)) passed++;
    else failed++;
    if (!good && reason) exceptions.push(`${name}, ${kind}: ${reason}`);
    console.log(`${good ? 'ok' : reason ? 'exception' : 'not ok'} ${name}, ${kind} (${seconds(since)} s)`);
    if (!good && !reason) console.log(output.replace(/^/gm, '    '));
    if (good && reason) console.log(`    passes now: remove the line "# the machine prints otherwise" from ${path}`);
  }
}
for (const folder of paths.filter(path => !isTranscript(path))) {
  const name = folder.replace(/.*\//, '');
  const wrong = readdirSync(`${folder}/wrong`).filter(file => file.endsWith('.c')).map(file => `wrong/${file.slice(0, -2)}`);
  for (const file of [name, 'solution', ...wrong]) {
    const since = performance.now();
    const wanted = file === 'solution' ? 0 : 1;
    const lines = file.startsWith('wrong/') ? readFileSync(`${folder}/${file}.expect`, 'utf8').trim().split('\n') : [];
    await machine.put(`${name}.c`, readFileSync(`${folder}/${file}.c`));
    const { output, status } = await machine.command(`{ cc -w -o ${name} ${name}.c || (exit 3); } && judge ${name}`, 600);
    const good = status === wanted && lines.every(line => withoutNumbers(output).includes(withoutNumbers(line)));
    if (good) passed++;
    else failed++;
    console.log(`${good ? 'ok' : 'not ok'} ${folder}/${file}.c: ${status} (${seconds(since)} s)`);
    if (!good) console.log([...lines.map(line => `expected: ${line}`), output].join('\n').replace(/^/gm, '    '));
  }
}
if (exceptions.length > 0) console.log(`exceptions:\n  ${exceptions.join('\n  ')}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
