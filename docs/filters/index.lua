-- The pandoc filter that makes the index of terms of what search.lua found; the
-- page around it is book.lua's. Metadata: language; terms, a file of the first
-- five columns of all entries, chapter by chapter.

local words_of = dofile('docs/filters/words.lua')
local terms = dofile('docs/filters/terms.lua')

-- The terms with their places: {name = {{section, place, ...}, ...}}, where a
-- section and a place are {page=, id=, title=}, and a section has its chapter's number; and their names by group.
local function read_terms(path)
  local found, groups, section, number = {}, {}, nil, ''
  for _, group in ipairs(terms.groups) do groups[group] = {} end
  for line in io.lines(path) do
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

local function escape(text)
  return (text:gsub('[&<>"]', {['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;'}))
end

local function to(place, text)
  return '<a href="' .. place.page .. '.html#' .. place.id .. '">' .. escape(text) .. '</a>'
end

-- "Listing 1.2" of "Listing 1.2 chapters/pipe/pipe1.c"; of the calls, what they are.
local function numbered(title) return title:match('^.- %d+%.%d+') or title:match('^[^:]*') end

local function places(sections, words)
  local items = {}
  for i, section in ipairs(sections) do
    local first = section[1]
    local links = {to(first, first.title)}
    for k = 2, #section do table.insert(links, to(section[k], numbered(section[k].title))) end
    local number = first.number and '<span class="number">' .. first.number .. '</span> ' or ''
    items[i] = '<li>' .. number .. table.concat(links, ' ') .. '</li>'
  end
  local list = '<ul>' .. table.concat(items, '\n') .. '</ul>'
  if #sections < 8 then return list end
  return '<details><summary>' .. words.places:format(#sections) .. '</summary>' .. list .. '</details>'
end

function Pandoc(doc)
  local words = words_of[pandoc.utils.stringify(doc.meta.language)]
  local found, groups = read_terms(pandoc.utils.stringify(doc.meta.terms))
  local blocks = pandoc.List({
    pandoc.Header(1, {pandoc.Str(words.terms)}, {id = 'terms'}),
    pandoc.RawBlock('html', '<p>' .. words.termsintro .. '</p>')})
  for _, group in ipairs(terms.groups) do
    table.sort(groups[group], terms.before)
    local out = {'<dl class="terms">'}
    for _, name in ipairs(groups[group]) do
      local manual, section = terms.manual(name)
      local plain = name:gsub('%(%)$', '')
      local link = manual and string.format(' <a class="manual" href="https://manpages.debian.org/%s.%s">%s(%s)</a>',
                                            manual, section, manual, section) or ''
      table.insert(out, string.format('<dt id="%s-%s"><code>%s</code>%s</dt>\n<dd>%s</dd>',
        group == 'programs' and 'program' or 'term', plain, name, link, places(found[name], words)))
    end
    table.insert(out, '</dl>')
    blocks:insert(pandoc.Header(2, {pandoc.Str(words[group])}, {id = 'terms-' .. group}))
    blocks:insert(pandoc.RawBlock('html', table.concat(out, '\n')))
  end
  return pandoc.Pandoc(blocks, doc.meta)
end
