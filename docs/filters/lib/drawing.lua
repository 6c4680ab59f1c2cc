-- Drawings: an SVG file of the chapter, with a caption and a text alternative.

local caption = require 'lib.caption'
local entries = require 'lib.entries'
local source = require 'lib.source'
local state = require 'lib.state'
local text = require 'lib.text'

local drawing = {}

function drawing.id(div)
  local src = div.attributes.src
  return src and 'fig-' .. src:gsub('%.svg$', '')
end

function drawing.render(div, to)
  local src, where, path, svg = source.file_of(div, 'src', 'figures/', '')
  -- pandoc's reader of OPML accepts any well-formed XML.
  local good, why = pcall(pandoc.read, svg, 'opml')
  if not good then
    local line = tostring(why):match('errorPosition = (%d+)') or 1
    source.stop(path, line, 'this is not well-formed XML: correct it, or save the drawing again')
  end
  if #div.content ~= 2 then
    source.fail(where, 'a figure has two paragraphs: its caption and its text alternative')
  end
  local width, height = svg:match('viewBox="0 0 (%d+) (%d+)"')
  local url = path
  if state.form == 'page' then url = '../figures/' .. state.chapter .. '/' .. src end
  if state.form == 'single' then
    url = 'data:image/svg+xml,' .. svg:gsub('[^%w]', function(c) return ('%%%02X'):format(c:byte()) end)
  end
  return text.raw(string.format(
    '<figure class="drawing" id="%s">\n<img src="%s" width="%s" height="%s" alt="%s" />\n%s\n</figure>',
    to.id, url, width or '', height or '',
    text.escape(pandoc.utils.stringify(div.content[2])),
    caption.figure(to, caption.html({div.content[1]}, where))))
end

function drawing.search(div, to)
  local entry = entries.new('figure', to.id, entries.title(to, entries.plain({div.content[1]})))
  entries.add(entry, entries.plain({div.content[2]}))
end

return drawing
