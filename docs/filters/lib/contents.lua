-- Headings, and the lists of contents.

local model = require 'lib.model'
local state = require 'lib.state'
local text = require 'lib.text'

local contents = {}

-- A title with the number of its chapter, if it has one.
function contents.titled(number, inlines)
  if not number then return inlines end
  local numbered = pandoc.List({text.rawi('<span class="number">' .. number .. '</span> ')})
  numbered:extend(inlines)
  return numbered
end

-- A heading as it is in this form. The title of a chapter makes that chapter the present one.
function contents.heading(header)
  local id = header.identifier
  if header.level == 1 and state.number_of(id) then
    state.enter(id)
    header.content = contents.titled(state.number_of(id), header.content)
  end
  if header.level < 3 then state.section = id end
  if state.form == 'page' and header.level > 1 then
    local words = state.words
    header.content:insert(text.rawi(string.format(
      ' <a class="here" href="#%s" aria-label="%s">#</a><a class="there" href="../%s/%s.html#%s" hreflang="%s" lang="%s" title="%s">%s</a>',
      id, words.permalink, words.otherlang, state.chapter, id, words.otherlang, words.otherlang,
      words.same, words.other)))
  end
  return header
end

-- An entry of a list of contents: a heading of the model, and the URL to which it leads.
local function item(entry, url)
  return {level = entry.level, url = url, title = contents.titled(entry.number, entry.title)}
end

-- The terms at the end of a list.
local function terms_item(url)
  return {level = 1, url = url, title = pandoc.List({pandoc.Str(state.words.terms)})}
end

-- A nested list of links; the link to the page current is marked.
local function link_list(items, current)
  local html, depth = {}, 0
  for _, entry in ipairs(items) do
    local level = entry.level
    while depth < level do
      table.insert(html, '<ul>')
      depth = depth + 1
      if depth < level then table.insert(html, '<li>') end
    end
    while depth > level do
      table.insert(html, '</li></ul>')
      depth = depth - 1
      if depth == level then table.insert(html, '</li>') end
    end
    if html[#html] ~= '<ul>' and html[#html] ~= '</li>' then table.insert(html, '</li>') end
    local present = current and entry.url == current .. '.html' and ' aria-current="page"' or ''
    table.insert(html, '<li><a href="' .. entry.url .. '"' .. present .. '>' ..
                       text.to_html({pandoc.Plain(entry.title)}) .. '</a>')
  end
  while depth > 0 do
    table.insert(html, '</li></ul>')
    depth = depth - 1
  end
  return pandoc.MetaBlocks({text.raw(table.concat(html))})
end

-- The contents of the first page: the headings of all chapters.
function contents.of_book()
  local items = {}
  for _, name in ipairs(state.chapters) do
    for _, entry in ipairs(model.page(name).entries) do
      if entry.kind == 'heading' then
        table.insert(items, item(entry, name .. '.html' .. (entry.level > 1 and '#' .. entry.id or '')))
      end
    end
  end
  table.insert(items, terms_item('terms.html'))
  return link_list(items)
end

-- The contents beside a page: the titles of all chapters, and its own headings.
function contents.of_page()
  local items = {}
  local function own(name)
    for _, entry in ipairs(name == state.chapter and model.page(name).entries or {}) do
      if entry.kind == 'heading' and entry.level > 1 then table.insert(items, item(entry, '#' .. entry.id)) end
    end
  end
  for _, name in ipairs(state.chapters) do
    for _, entry in ipairs(model.page(name).entries) do
      if entry.kind == 'heading' and entry.level == 1 then table.insert(items, item(entry, name .. '.html')) end
    end
    own(name)
  end
  table.insert(items, terms_item('terms.html'))
  own('terms')
  return link_list(items, state.chapter)
end

-- The contents of a whole book in one file.
function contents.of_whole()
  local items = {{level = 1, url = '#preface', title = pandoc.List({pandoc.Str(state.words.preface)})}}
  for _, name in ipairs({'index', table.unpack(state.chapters)}) do
    for _, entry in ipairs(model.page(name).entries) do
      if entry.kind == 'heading' then table.insert(items, item(entry, '#' .. entry.id)) end
    end
  end
  if state.form == 'print' then table.insert(items, terms_item('#terms')) end
  return link_list(items)
end

-- The title of a page as metadata: of a chapter, or of the index of terms.
function contents.title(name)
  if name == 'terms' then return pandoc.MetaInlines({pandoc.Str(state.words.terms)}) end
  for _, entry in ipairs(model.page(name).entries) do
    if entry.kind == 'heading' and entry.level == 1 then
      return pandoc.MetaInlines(contents.titled(entry.number, entry.title))
    end
  end
end

-- The pages before and after the present page, as metadata: {url =, title =}; nil for none.
function contents.neighbours()
  local pages = {'index', table.unpack(state.chapters)}
  table.insert(pages, 'terms')
  local function link(name)
    if name == 'index' then return {url = 'index.html', title = state.words.contents} end
    return name and {url = name .. '.html', title = contents.title(name)}
  end
  for i, name in ipairs(pages) do
    if name == (state.chapter or 'index') then return link(pages[i - 1]), link(pages[i + 1]) end
  end
end

return contents
