-- The entries of a page: what the search (docs/theme/find.js) finds on it, and the terms
-- for the index (index_web.lua).
--
-- An entry is a line with tabs: page, id, kind, title, the terms in its code,
-- separated by spaces, and what find.js reads: {"page", "id", "title", "kind",
-- "text"}. The kinds are text (of a section), listing, output, table and figure.
-- The title of an entry with a number begins with it, such as "Listing 1.2". The
-- entries are in the order of the page, so the section of an entry is the last
-- text before it. directives.lua says which entry a directive has.
--
-- A link without a text, [](#ID) or [](PAGE.html#ID), is written as it is: find.js
-- puts in the title.

local directives = require 'lib.directives'
local entries = require 'lib.entries'
local files = require 'lib.files'
local model = require 'lib.model'
local state = require 'lib.state'
local terms = require 'lib.terms'

local search = {}

-- A string of JavaScript, on one line.
local function quote(text)
  return '"' .. text:gsub('%s+', ' '):gsub('[\\"]', '\\%0'):gsub('%c', '') .. '"'
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
      section = row.search(block, to, section, look) or section
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

-- A copy of the blocks of a page for search.write(). Make it before the page is rendered,
-- because that changes the blocks.
function search.copy(blocks)
  return pandoc.Div(blocks):walk({Link = function(el)
    if #el.content == 0 then return pandoc.Str('[](' .. el.target .. ')') end
  end}).content
end

-- Write the entries of the present page to a file. Render the page first, because that
-- reports the mistakes in it.
function search.write(path, copy)
  terms.read(state.chapters)
  look(copy)
  local lines = {}
  for i, entry in ipairs(entries.list) do lines[i] = line_of(state.chapter or 'index', entry) .. '\n' end
  files.write(path, table.concat(lines))
end

return search
