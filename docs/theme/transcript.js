// Reads transcripts, commands with their expected output, and compares output with them.
// common/transcript.h describes their language.
(() => {
  'use strict';

  // The blocks of a transcript: {terminal, kind, text, lines, waits}. kind is "$" for
  // a command, "<" for a typed line and ":" for a look at what has appeared.
  function parse(source) {
    const blocks = [];
    for (const line of source.replace(/^\n/, '').replace(/\n$/, '').split('\n')) {
      const [, terminal, kind, text] = line.match(/^([a-z]*)(\$) (.+)$/) || line.match(/^([a-z]+)(<) ?(.*)$/) ||
        line.match(/^([a-z]+)(:)()$/) || [];
      const block = blocks[blocks.length - 1];
      if (kind) blocks.push({ terminal, kind, text, lines: [], waits: false });
      else if (!block) continue; // a comment
      else if (line === '{{waits}}') block.waits = true;
      else if (!/^\[\d+\]$/.test(line)) block.lines.push(line);
    }
    return blocks;
  }

  const piece = /\{\{(?:'(.*?)'|(\\[^}]*)|([a-z]\w*)(?::\w+)?|no newline)\}\}/g;
  const unescape = text => text.replace(/\\(?:r|x(..)|u(....))/g, (_, byte, unit) =>
    byte || unit ? String.fromCharCode(parseInt(byte || unit, 16)) : '\r');

  // A command or typed line, with the values that its variables have.
  const fill = (text, values) => text.replace(piece, (whole, quoted, escaped, name) =>
    quoted || (escaped ? unescape(escaped) : values[name] || whole));

  // A pattern for an expected line. A variable without a value is a group of its name.
  function pattern(line, values) {
    const literal = text => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    const seen = new Set();
    let out = '', at = 0;
    for (const found of line.matchAll(piece)) {
      const [whole, quoted, escaped, name] = found;
      out += literal(line.slice(at, found.index));
      at = found.index + whole.length;
      if (quoted || escaped) out += literal(quoted || unescape(escaped));
      else if (name) out += name in values ? literal(values[name]) : seen.has(name) ? `\\k<${name}>` : `(?<${name}>\\d+)`;
      seen.add(name);
    }
    return new RegExp(`^${out}${literal(line.slice(at))}$`);
  }

  // Whether the lines of an output are the expected ones. Sets the values of the
  // variables. The lines between {{together}} and {{end}} may come in any order.
  function matches(expected, output, values) {
    const rest = [...output];
    let together = false, same = true;
    for (const line of expected) {
      if (line === '{{together}}' || line === '{{end}}') together = line === '{{together}}';
      if (/^\{\{(together|and|end)\}\}$/.test(line)) continue;
      const wanted = pattern(line, values);
      const at = rest.findIndex(text => wanted.test(text));
      same = same && (together ? at >= 0 : at === 0);
      if (at < 0) continue;
      Object.assign(values, rest[at].match(wanted).groups);
      rest.splice(at, 1);
    }
    return same && rest.length === 0;
  }

  // The programs that a transcript runs, in their order.
  const programs = blocks => [...new Set(blocks.filter(block => block.kind === '$')
    .flatMap(block => [...block.text.matchAll(/(?:^|[\s;&|/])\.\/([\w-]+)/g)].map(found => found[1])))];

  window.ipcMachine.transcript = { parse, fill, matches, programs };
})();
