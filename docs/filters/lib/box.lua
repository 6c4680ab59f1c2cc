-- Boxes, which hold any blocks. The interface word with the name of the directive
-- is the title of the box.

local entries = require 'lib.entries'
local source = require 'lib.source'
local state = require 'lib.state'
local text = require 'lib.text'

local box = {}

local function title_of(kind)
  return state.words[kind] or
         source.stop('docs/filters/words.lua', 1, 'the language "', state.lang, '" has no title for the box "', kind,
                     '": write ', kind, " = 'TITLE'")
end

function box.render(div, _, blocks_of)
  local kind = div.classes[1]
  local blocks = pandoc.List({text.raw('<aside class="box ' .. kind .. '" role="note">\n<p class="box-title">' ..
                                       title_of(kind) .. '</p>')})
  blocks:extend(blocks_of(div.content))
  blocks:insert(text.raw('</aside>'))
  return blocks
end

-- Its text is part of its section; look goes through the blocks in it.
function box.search(div, _, section, look)
  entries.add(section, title_of(div.classes[1]))
  return look(div.content, section)
end

return box
