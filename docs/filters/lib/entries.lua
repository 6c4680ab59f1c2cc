-- The entries of the search: what is found, under which title, with which terms.

local state = require 'lib.state'
local terms = require 'lib.terms'

local entries = {list = {}}

-- The paragraphs, lines of code and cells of blocks, as one text. Calls code(text), if it
-- is not nil, with each piece of code.
function entries.plain(blocks, code)
  local parts = {}
  local function keep(el) table.insert(parts, pandoc.utils.stringify(el)) end
  local div = pandoc.walk_block(pandoc.Div(blocks), {DefinitionList = function(list)
    local out = pandoc.List()
    for _, item in ipairs(list.content) do
      out:insert(pandoc.Plain(item[1]))
      for _, part in ipairs(item[2]) do out:extend(part) end
    end
    return out
  end})
  pandoc.walk_block(div, {Plain = keep, Para = keep, Code = code and function(el) code(el.text) end,
    CodeBlock = function(el)
      table.insert(parts, el.text)
      if code then code(el.text) end
    end})
  return table.concat(parts, ' ')
end

-- A new entry at the end of the list.
function entries.new(kind, id, title)
  local entry = {kind = kind, id = id, title = title, text = {}, terms = {}}
  table.insert(entries.list, entry)
  return entry
end

-- The title of something with a number: "Listing 1.2 CAPTION". to is its entry in
-- the model.
function entries.title(to, caption)
  return state.words[to.kind] .. ' ' .. to.number .. ' ' .. caption
end

-- Add a text to an entry, and the terms in a piece of code.
function entries.add(entry, text, code)
  table.insert(entry.text, text)
  for _, name in ipairs(code and terms.of(code, state.programs) or {}) do entry.terms[name] = true end
end

-- Add the text of blocks, and the terms in their code.
function entries.add_blocks(entry, blocks)
  entries.add(entry, entries.plain(blocks, function(code) entries.add(entry, '', code) end))
end

-- Call a function with every term of a directive and its blocks.
function entries.each_definition(div, call)
  for _, block in ipairs(div.content) do
    for _, item in ipairs(block.t == 'DefinitionList' and block.content or {}) do
      local blocks = pandoc.List()
      for _, part in ipairs(item[2]) do blocks:extend(part) end
      call(pandoc.utils.stringify(item[1]), blocks)
    end
  end
end

return entries
