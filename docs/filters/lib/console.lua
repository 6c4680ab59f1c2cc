-- Reads recordings. A recording is a transcript without variables, see
-- common/transcript.h: output that looks like a command or a status is quoted in it,
-- so each line has one meaning.

local console = {}

-- A line as a list of pieces: {text = TEXT}, {escape = '\\x1b'} for a character that
-- cannot be seen, and {open = true} at the end of output without a newline.
local function pieces_of(line)
  local list, at = {}, 1
  while at <= #line do
    local brace = line:find('{{', at, true) or #line + 1
    if brace > at then table.insert(list, {text = line:sub(at, brace - 1)}) end
    local quoted, after_quoted = line:match("^{{'(.-)'}}()", brace)
    local escapes, after_escapes = line:match('^{{(\\[^}]*)}}()', brace)
    if quoted then
      table.insert(list, {text = quoted})
    elseif escapes then
      table.insert(list, {escape = escapes})
    elseif brace <= #line then
      assert(line:sub(brace) == '{{no newline}}', line)
      table.insert(list, {open = true})
    end
    at = after_quoted or after_escapes or #line + 1
  end
  return list
end

-- The name, the kind ("$", "<" or ":") and the text of a line that begins a block;
-- nil for another line.
local function block_of(line)
  local name, rest = line:match('^(%l*)%$ (.+)$')
  if name then return name, '$', rest end
  name, rest = line:match('^(%l+)<(.*)$')
  if name and (rest == '' or rest:sub(1, 1) == ' ') then return name, '<', rest:sub(2) end
  name = line:match('^(%l+):$')
  if name then return name, ':', '' end
end

-- The blocks of a recording, each with its terminal ("" without a name), its kind,
-- the pieces of what was typed, the lines of its output as lists of pieces, and its
-- status, a number or "waits"; nil for the status 0.
function console.read(recorded)
  local blocks = {}
  for line in recorded:gmatch('([^\n]*)\n') do
    local name, kind, rest = block_of(line)
    local block = blocks[#blocks]
    if name then
      table.insert(blocks, {terminal = name, kind = kind, typed = pieces_of(rest), lines = {}})
    elseif line == '{{waits}}' then
      block.status = 'waits'
    elseif line:match('^%[%d+%]$') then
      block.status = line:sub(2, -2)
    else
      table.insert(block.lines, pieces_of(line))
    end
  end
  return blocks
end

-- A list of pieces as plain text.
function console.plain(pieces)
  local out = {}
  for i, piece in ipairs(pieces) do out[i] = piece.text or piece.escape or '' end
  return table.concat(out)
end

return console
