-- The index of terms for paper. Each place of a term is a link without a text;
-- docs/tools/paper turns these into page numbers.

local model = require 'lib.model'
local state = require 'lib.state'
local terms = require 'lib.terms'
local text = require 'lib.text'

local index = {}

-- The text of a piece of HTML.
local function text_of(html)
  return (html:gsub('<[^>]*>', ''):gsub('&(%l+);', {lt = '<', gt = '>', quot = '"', amp = '&'}))
end

-- Find the places of all terms in the blocks of the book: {name = {id, ..., main =
-- id}}, and the list of names. Code gets an id if it has a term: each piece in a
-- text or a table; each line of a listing has one already. The main place of a
-- function is its table.
local function find_places(blocks)
  local places, names, n = {}, {}, 0

  -- Note the terms of a piece of code with this id, each once in a block. If id is
  -- nil, one is made. Returns the id; nil if the code has no term.
  local seen
  local function note(code, id)
    for _, name in ipairs(terms.of(code, state.programs)) do
      if not places[name] then
        places[name] = {}
        table.insert(names, name)
      end
      if not seen[name] then
        if not id then
          n = n + 1
          id = 'term-' .. n
        end
        seen[name] = true
        table.insert(places[name], id)
      end
    end
    return id
  end

  for i, block in ipairs(blocks) do
    seen = {}
    if block.t ~= 'RawBlock' then
      blocks[i] = block:walk({Code = function(el)
        local id = note(el.text)
        return pandoc.Code(el.text, id and {id = id} or el.attr)
      end})
    elseif block.text:find('^<figure class="listing"') then
      for line in block.text:gmatch('[^\n]+') do
        local id = line:match('<span id="(src%-[^"]*)"')
        if id then note(text_of(line), id) end
      end
    elseif block.text:find('^<figure class="function"') then
      local id = block.text:match('id="([^"]*)"')
      note(id:sub(4) .. '()', id)
      places[id:sub(4) .. '()'].main = id
      block.text = block.text:gsub('<code>([^<]*)</code>', function(code)
        local own = note(text_of(code))
        return own and '<code id="' .. own .. '">' .. code .. '</code>'
      end)
    elseif block.text:find('^<figure class="session"') then
      note(text_of(block.text), block.text:match('id="([^"]*)"'))
    end
  end
  return places, names
end

-- The links to places, of which the one with the id main is printed bold.
local function links_to(ids, main)
  local links = {}
  for i, id in ipairs(ids) do
    links[i] = '<a href="#' .. id .. '"' .. (id == main and ' class="main"' or '') .. '></a>'
  end
  return table.concat(links)
end

-- The index as blocks. blocks is the whole book, in which code gets ids; title is
-- the title of the book.
function index.blocks(blocks, title)
  terms.read(state.chapters)
  local places, names = find_places(blocks)
  local words = state.words
  local html = {'<section class="terms">', '<h1 id="terms" title="' .. text.escape(title) .. '">' .. words.terms .. '</h1>'}
  table.insert(html, '<h2>' .. words.concepts .. '</h2>\n<ul>')
  for _, concept in ipairs(terms.sorted(model.concepts())) do
    local ids = {}
    for i, place in ipairs(concept) do ids[i] = place.id end
    table.insert(html, '<li>' .. text.escape(concept.name) .. ' ' .. links_to(ids, concept.id) .. '</li>')
  end
  table.insert(html, '</ul>')
  table.sort(names, terms.before)
  for _, group in ipairs(terms.groups) do
    table.insert(html, '<h2>' .. words[group] .. '</h2>\n<ul>')
    for _, name in ipairs(names) do
      if terms.group(name) == group and #places[name] > 0 then
        table.insert(html, '<li><code>' .. name .. '</code> ' .. links_to(places[name], places[name].main) .. '</li>')
      end
    end
    table.insert(html, '</ul>')
  end
  table.insert(html, '</section>')
  return {text.raw(table.concat(html, '\n'))}
end

return index
