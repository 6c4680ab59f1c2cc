-- The Markdown file of the chapter: where a directive is, and mistakes in it. A
-- mistake ends the run with one line: FILE:LINE: what is wrong and what to do.

local files = require 'lib.files'
local state = require 'lib.state'

local source = {}

-- Report a mistake in any file, and exit.
function source.stop(path, line, ...)
  io.stderr:write(path, ':', line, ': ', table.concat({...}), '\n')
  os.exit(1)
end

-- The line of the Markdown file with a directive or a heading; 1 if there is none. where is one
-- of: a text in that line; a class with a dot, for a directive without attributes; a list of
-- texts, for a directive with all of them and without other attributes. With indented, look for
-- the directive only inside a list, a quotation or a note.
function source.line_of(where, indented)
  local parts = type(where) == 'table' and where or {(where:gsub('^%.', ''))}
  local attributes = type(where) == 'table' and #where - 1 or where:find('^%.') and 0
  local function has(line, part)
    local first
    local last = 0
    repeat
      first, last = line:find(part, last + 1, true)
    until not first or not line:find('^[%w_.-]', last + 1)
    return first
  end
  local n = 0
  for line in (files.read(state.source) or ''):gmatch('([^\n]*)\n') do
    n = n + 1
    line = line:gsub('["\']', '')
    local found = (line:find(indented and '^[^:]+:::' or '^:::') or line:find('^#')) and
                  (not attributes or select(2, line:gsub('=', '')) == attributes)
    for _, part in ipairs(parts) do found = found and has(line, part) end
    if found then return n end
  end
  return 1
end

-- The line of the Markdown file with a link [TEXT](TARGET); 1 if there is none. text is the end
-- of TEXT with the bracket before it, such as "[" for an empty text; nil for any text.
function source.line_of_link(target, text)
  local all = files.read(state.source) or ''
  local at = all:find((text or '') .. '](' .. target .. ')', 1, true)
  return at and select(2, all:sub(1, at):gsub('\n', '')) + 1 or 1
end

-- The last line of the Markdown file with a mark, [TEXT]{...}, that has this text in its
-- braces, such as "#ID"; if it is nil, a mark without an id. 1 if there is none.
function source.line_of_mark(where)
  local all, line = files.read(state.source) or '', 1
  for at, braces in all:gmatch('()%](%b{})') do
    local _, last = braces:find(where or '.term', 1, true)
    if last and not braces:find('^[%w_-]', last + 1) and (where or not braces:find('#')) then
      line = select(2, all:sub(1, at):gsub('\n', '')) + 1
    end
  end
  return line
end

-- Where a directive is, for line_of: its class and its attributes.
function source.place_of(div)
  local class = '.' .. div.classes[1]
  local parts = {class}
  for key, value in pairs(div.attributes) do table.insert(parts, key .. '=' .. value) end
  return parts[2] and parts or class
end

-- Report a mistake in the Markdown file, and exit.
function source.fail(where, ...) source.stop(state.source, source.line_of(where), ...) end

-- The file of the chapter that a directive names by the attribute key: its name,
-- the place of the directive, the path and the text.
function source.file_of(div, key, folder, ending)
  local name = div.attributes[key]
  local where = key .. '=' .. name
  local path = 'chapters/' .. state.chapter .. '/' .. folder .. name .. ending
  local text = files.read(path)
  if not text then source.fail(where, 'there is no ', path, ': write it, or correct ', key, '=') end
  return name, where, path, text
end

-- The terms of a directive with their notes, in their order: {term, blocks}.
function source.definitions(div, where)
  local list = {}
  for _, block in ipairs(div.content) do
    if block.t ~= 'DefinitionList' then
      source.fail(where, 'this directive holds only terms with their notes, not a ', block.t)
    end
    for _, item in ipairs(block.content) do
      local blocks = pandoc.List()
      for _, part in ipairs(item[2]) do blocks:extend(part) end
      table.insert(list, {pandoc.utils.stringify(item[1]), blocks})
    end
  end
  return list
end

return source
