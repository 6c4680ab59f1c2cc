-- Boxes, which hold any blocks. The interface word with the name of the directive
-- is the title of the box.

local entries = require 'lib.entries'
local state = require 'lib.state'
local text = require 'lib.text'

local box = {}

function box.render(div, _, blocks_of)
  local kind = div.classes[1]
  local blocks = pandoc.List({text.raw('<aside class="box ' .. kind .. '" role="note">\n<p class="box-title">' ..
                                       state.words[kind] .. '</p>')})
  blocks:extend(blocks_of(div.content))
  blocks:insert(text.raw('</aside>'))
  return blocks
end

-- Its text is part of its section; look goes through the blocks in it.
function box.search(div, _, section, look)
  entries.add(section, state.words[div.classes[1]])
  return look(div.content, section)
end

return box
