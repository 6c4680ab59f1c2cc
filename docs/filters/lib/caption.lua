-- Captions with their labels ("Listing 1.2") and links to their own place.

local source = require 'lib.source'
local state = require 'lib.state'
local text = require 'lib.text'

local caption = {}

-- A block of one paragraph as HTML; '' if there is no block.
function caption.html(blocks, where)
  if not blocks[1] then return '' end
  if blocks[1].t ~= 'Para' then
    source.fail(where, 'a caption is a paragraph, not a ', blocks[1].t)
  end
  if blocks[2] then source.fail(where, 'a caption is one paragraph; remove the other blocks') end
  return text.to_html({pandoc.Plain(blocks[1].content)})
end

-- The <figcaption> of a directive with a number. to is the directive's entry in
-- the model, html the caption's text.
function caption.figure(to, html)
  local words = state.words
  local link = ''
  if state.form == 'page' then
    link = string.format(' <a class="here" href="#%s" aria-label="%s">#</a>', to.id, words.permalink)
  end
  return '<figcaption><span class="label">' .. words[to.kind] .. ' ' .. to.number .. '</span>' ..
         (html ~= '' and ' ' or '') .. html .. link .. '</figcaption>'
end

return caption
