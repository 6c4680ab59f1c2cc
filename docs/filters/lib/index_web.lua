-- The index of terms for the web: blocks for the page terms.html.

local files = require 'lib.files'
local model = require 'lib.model'
local state = require 'lib.state'
local terms = require 'lib.terms'
local text = require 'lib.text'

local index = {}

-- Read the first five columns of all entries of the search, chapter by chapter.
-- Returns the places of each term: {name = {{section, place, ...}, ...}}, where a
-- section and a place are {page=, id=, title=} and a section has the number of its
-- chapter; and the names by group.
local function read_terms(path)
  local found, groups, section, number = {}, {}, nil, ''
  for _, group in ipairs(terms.groups) do groups[group] = {} end
  for line in files.read(path):gmatch('[^\n]+') do
    local page, id, kind, title, names = line:match('^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$')
    local place = {page = page, id = id, title = title}
    if id == page then number, place.title = title:match('^(%d+) (.*)$') end
    if kind == 'text' then
      section = place
      place.number = page ~= 'index' and number
    end
    for name in names:gmatch('%S+') do
      if not found[name] then
        found[name] = {}
        table.insert(groups[terms.group(name)], name)
      end
      local sections = found[name]
      if #sections == 0 or sections[#sections][1] ~= section then table.insert(sections, {section}) end
      if place ~= section then table.insert(sections[#sections], place) end
    end
  end
  return found, groups
end

local function to(place, label)
  return '<a href="' .. place.page .. '.html#' .. place.id .. '">' .. text.escape(label) .. '</a>'
end

-- The label of a title with a number, "Listing 1.2"; else what is before the colon.
local function label_of(title) return title:match('^.- %d+%.%d+') or title:match('^[^:]*') end

-- The places of a term as HTML; many sections are folded.
local function places(sections)
  local items = {}
  for i, section in ipairs(sections) do
    local first = section[1]
    local links = {to(first, first.title)}
    for k = 2, #section do table.insert(links, to(section[k], label_of(section[k].title))) end
    local number = first.number and '<i>' .. first.number .. '</i> ' or ''
    items[i] = '<li>' .. number .. table.concat(links, ' ') .. '</li>'
  end
  local list = '<ul>' .. table.concat(items, '\n') .. '</ul>'
  if #sections < 8 then return list end
  return '<details><summary>' .. state.words.places:format(#sections) .. '</summary>' .. list .. '</details>'
end

-- The heading and the list of a group. items are the entries of the list, as HTML.
local function add_group(blocks, group, items)
  blocks:insert(pandoc.Header(2, {pandoc.Str(state.words[group])}, {id = 'terms-' .. group}))
  blocks:insert(text.raw('<dl class="terms">\n' .. table.concat(items, '\n') .. '\n</dl>'))
end

-- The blocks of the page. path is the file of read_terms().
function index.blocks(path)
  local words = state.words
  terms.read(state.chapters)
  local found, groups = read_terms(path)
  local blocks = pandoc.List({
    pandoc.Header(1, {pandoc.Str(words.terms)}, {id = 'terms'}),
    text.raw('<p>' .. words.termsintro .. '</p>')})
  local out = {}
  for _, concept in ipairs(terms.sorted(model.concepts())) do
    local sections = {}
    for i, place in ipairs(concept) do sections[i] = {place} end
    table.insert(out, string.format('<dt id="concept-%s">%s</dt>\n<dd>%s</dd>', concept.id,
                                    text.escape(concept.name), places(sections)))
  end
  add_group(blocks, 'concepts', out)
  for _, group in ipairs(terms.groups) do
    table.sort(groups[group], terms.before)
    out = {}
    for _, name in ipairs(groups[group]) do
      local manual, section = terms.manual(name)
      local plain = name:gsub('%(%)$', '')
      local link = manual and string.format(' <a class="manual" href="https://manpages.debian.org/%s.%s">%s(%s)</a>',
                                            manual, section, manual, section) or ''
      table.insert(out, string.format('<dt id="%s-%s"><code>%s</code>%s</dt>\n<dd>%s</dd>',
        group == 'programs' and 'program' or 'term', plain, name, link, places(found[name])))
    end
    add_group(blocks, group, out)
  end
  return blocks
end

return index
