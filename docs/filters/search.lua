-- The pandoc filter that lists what the search (docs/theme/find.js) finds on a
-- page, and the terms for the index (docs/filters/index.lua).
--
-- An entry is a line with tabs: page, id, kind, title, the terms in its code,
-- separated by spaces, and what find.js reads: {"page", "id", "title", "kind",
-- "text"}. The kinds are text (of a section), listing, output, table and figure.
-- The title of an entry with a number begins with it, such as "Listing 1.2". The
-- entries are in the order of the page, so the section of an entry is the last
-- text before it. lib/directives.lua says which entry a directive has.
--
-- A link without a text, [](#ID) or [](PAGE.html#ID), is written as it is: find.js
-- puts in the title.
--
-- It also writes the model of the page (see lib/model.lua) in JSON to the file model=, as a
-- second run of pandoc would take as long as this one.
--
-- Metadata as for book.lua. Mistakes in a chapter are skipped here, because book.lua
-- reports them.

package.path = 'docs/filters/?.lua;' .. package.path
local directives = require 'lib.directives'
local entries = require 'lib.entries'
local files = require 'lib.files'
local model = require 'lib.model'
local state = require 'lib.state'
local terms = require 'lib.terms'

-- A string of JavaScript, on one line.
local function quote(text)
  return '"' .. text:gsub('%s+', ' '):gsub('[\\"]', '\\%0'):gsub('%c', '') .. '"'
end

-- Whether a directive has all attributes that it needs.
local function is_complete(div, row)
  for _, need in ipairs(row.needs or {}) do
    if not div.attributes[need[1]] then return false end
  end
  return true
end

-- Go through the blocks. section is the entry with the text of the present section;
-- returns that of the last one.
local function look(blocks, section)
  for _, block in ipairs(blocks) do
    local row = block.t == 'Div' and directives.named[block.classes[1]]
    if block.t == 'Header' then
      local title = pandoc.utils.stringify(block.content)
      local number = block.level == 1 and state.number_of(state.chapter)
      section = entries.new('text', block.identifier, number and number .. ' ' .. title or title)
      entries.add_blocks(section, {pandoc.Plain(block.content)})
      section.text = {}
    elseif row then
      local to = row.id and model.own(row.id(block))
      if is_complete(block, row) then section = row.search(block, to, section, look) or section end
    elseif block.t == 'Div' then
      if block.attributes.lang == state.lang then section = look(block.content, section) end
    elseif section then
      entries.add_blocks(section, {block})
    end
  end
  return section
end

local function line_of(page, entry)
  local names = {}
  for name in pairs(entry.terms) do table.insert(names, name) end
  table.sort(names, terms.before)
  local text = table.concat(entry.text, ' '):gsub('^%s+', ''):gsub('%s+$', '')
  return table.concat({page, entry.id, entry.kind, (entry.title:gsub('%s+', ' ')), table.concat(names, ' '),
    string.format('{"page":%s,"id":%s,"title":%s,"kind":%s,"text":%s}', quote(page), quote(entry.id),
                  quote(entry.title), quote(entry.kind), quote(text))}, '\t')
end

function Pandoc(doc)
  state.read(doc.meta)
  local page = state.chapter or 'index'
  terms.read(state.chapters)
  local places = model.compute(page, doc.blocks)
  local path = state.field(doc.meta, 'model')
  if path then files.write(path, pandoc.write(model.to_document(places), 'json')) end
  look(doc:walk({Link = function(el)
    if #el.content == 0 then return pandoc.Str('[](' .. el.target .. ')') end
  end}).blocks)
  local lines = {}
  for i, entry in ipairs(entries.list) do lines[i] = line_of(page, entry) end
  files.finish(doc.meta)
  return pandoc.Pandoc({pandoc.RawBlock('html', table.concat(lines, '\n'))})
end
