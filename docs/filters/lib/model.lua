-- The model of the book: its headings, and the number and the id of everything
-- that a link can lead to. docs/filters/model.lua makes a file of the model of
-- each page; pages, search and index take all numbers from here.
--
-- The model of a page is a list of entries in the order of the text:
--
--   {kind = "heading", id, level, title (inlines), number (of a chapter)}
--   {kind = "listing", "session", "table", "figure" or "exercise", id, number ("1.2"), name}
--   {kind = "place", id, name}                 system calls, changes, notes of a listing,
--                                              folded programs of an exercise
--   {kind = "concept", id, name, of}           a marked word, see concepts.lua
--
-- name is the directive's name, see directives.lua; of a concept, its word in the
-- index. Each entry also has the page, and the section, which is the id of the last
-- heading above level 3.
--
-- A file is a pandoc document in JSON: a Header for each heading, a Div for each
-- other entry.

local concepts = require 'lib.concepts'
local directives = require 'lib.directives'
local files = require 'lib.files'
local state = require 'lib.state'

local model = {}
local pages = {}

-- Add the page, the sections and a table by ids to the entries of a page.
local function complete(name, entries)
  local section
  local ids = {}
  for _, entry in ipairs(entries) do
    if entry.kind == 'heading' and entry.level < 3 then section = entry.id end
    entry.page, entry.section = name, section
    ids[entry.id] = ids[entry.id] or entry
  end
  pages[name] = {entries = entries, ids = ids}
  return entries
end

-- Compute the model of a page from the blocks of its Markdown. name is the
-- chapter's folder, or "index", "terms".
function model.compute(name, blocks)
  local entries, counts = {}, {listing = 0, session = 0, table = 0, figure = 0, exercise = 0}
  local chapter = state.number_of(name)
  local function place(id, directive)
    if id and id ~= '' then
      table.insert(entries, {kind = 'place', id = id, name = directive})
    end
  end

  local function look(list)
    for _, block in ipairs(list) do
      local row = block.t == 'Div' and directives.named[block.classes[1]]
      if block.t == 'Header' then
        table.insert(entries, {kind = 'heading', id = block.identifier, level = block.level,
                               title = block.content:clone(), number = block.level == 1 and chapter or nil})
      elseif row and row.holds_blocks then
        place(row.id and row.id(block), row.name)
        look(block.content)
      elseif row then
        local id = row.id and row.id(block)
        if id and row.counted then
          counts[row.counted] = counts[row.counted] + 1
          table.insert(entries, {kind = row.counted, id = id, name = row.name,
                                 number = (chapter or 0) .. '.' .. counts[row.counted]})
        else
          place(id, row.name)
        end
        if row.places then
          for _, other in ipairs(row.places(block)) do place(other, row.name) end
        end
        concepts.add(entries, block)
      elseif block.t == 'Div' then
        if block.attributes.lang == state.lang then look(block.content) end
      else
        concepts.add(entries, block)
      end
    end
  end
  look(blocks)
  return complete(name, entries)
end

-- Write entries as a document. The attributes are lists, because the order of a
-- table differs from run to run.
function model.to_document(entries)
  local blocks = pandoc.List()
  for _, entry in ipairs(entries) do
    local attributes = {}
    for _, key in ipairs({'name', 'number', 'of'}) do
      if entry[key] then table.insert(attributes, {key, tostring(entry[key])}) end
    end
    if entry.kind == 'heading' then
      blocks:insert(pandoc.Header(entry.level, entry.title, pandoc.Attr(entry.id, {}, attributes)))
    else
      blocks:insert(pandoc.Div({}, pandoc.Attr(entry.id, {entry.kind}, attributes)))
    end
  end
  return pandoc.Pandoc(blocks)
end

local function from_document(doc)
  local entries = {}
  for _, block in ipairs(doc.blocks) do
    local attributes = block.attributes
    if block.t == 'Header' then
      table.insert(entries, {kind = 'heading', id = block.identifier, level = block.level,
                             title = block.content, number = tonumber(attributes.number)})
    else
      table.insert(entries, {kind = block.classes[1], id = block.identifier,
                             name = attributes.name, number = attributes.number, of = attributes.of})
    end
  end
  return entries
end

-- The model of a page, from its file unless it has been computed in this run:
-- {entries =, ids = {id = entry}}.
function model.page(name)
  if not pages[name] then
    local path = state.models .. '/' .. name .. '.model'
    local text = files.read(path)
    if not text then error('there is no ' .. path .. ': run make html', 0) end
    complete(name, from_document(pandoc.read(text, 'json')))
  end
  return pages[name]
end

-- The entry with this id in the present chapter; nil if there is none.
function model.own(id) return model.page(state.chapter or 'index').ids[id] end

-- The entry with this id in the preface or in any chapter; nil if there is none.
function model.find(id)
  for _, name in ipairs({'index', table.unpack(state.chapters)}) do
    local entry = model.page(name).ids[id]
    if entry then return entry end
  end
end

-- The concepts of the book: {name =, id =, place, ...}. A place is {page =, id =,
-- number =, title =} with the number of its chapter and the title of its section. The
-- first one explains the concept.
function model.concepts()
  local list, by_id, others = {}, {}, {}
  for _, page in ipairs({'index', table.unpack(state.chapters)}) do
    local number, title = nil, page == 'index' and state.words.preface or nil
    for _, entry in ipairs(model.page(page).entries) do
      if entry.kind == 'heading' then
        number, title = entry.number or number, pandoc.utils.stringify(entry.title)
      elseif entry.kind == 'concept' then
        local place = {page = page, id = entry.id, number = number, title = title}
        if entry.of then
          table.insert(others, {entry.of, place})
        else
          by_id[entry.id] = {name = entry.name, id = entry.id, place}
          table.insert(list, by_id[entry.id])
        end
      end
    end
  end
  for _, other in ipairs(others) do
    -- check.lua reports a concept that no text explains.
    if by_id[other[1]] then table.insert(by_id[other[1]], other[2]) end
  end
  return list
end

return model
