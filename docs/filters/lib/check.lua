-- Mistakes in a chapter as a whole: its title, its ids, its concepts, and files that its
-- text does not show.

local concepts = require 'lib.concepts'
local files = require 'lib.files'
local directives = require 'lib.directives'
local model = require 'lib.model'
local source = require 'lib.source'
local state = require 'lib.state'

local check = {}

-- The first entry is the title, its id is the folder, and there is no other title.
local function check_title(name, entries)
  local first = entries[1]
  if not first or first.kind ~= 'heading' or first.level ~= 1 then
    source.stop(state.source, 1, 'a chapter begins with its title: write "# TITLE {#', name, '}"')
  end
  for i, entry in ipairs(entries) do
    if entry.kind == 'heading' and entry.level == 1 and (i > 1 or entry.id ~= name) then
      source.fail('{#' .. entry.id .. '}', 'a chapter has one title with one "#", and its id is its folder: write {#',
                  name, '}', i > 1 and ' once, and "##" for a section' or '')
    end
  end
end

-- Each id is in the book only once, because the PDF has all chapters in one file.
local function check_ids(name, entries)
  local seen = {}
  for _, entry in ipairs(entries) do
    local other = seen[entry.id] and name
    for _, page in ipairs({'index', table.unpack(state.chapters)}) do
      if page == name then break end
      other = other or model.page(page).ids[entry.id] and page
    end
    if other and entry.kind == 'concept' then
      concepts.fail('#' .. entry.id, 'the id "', entry.id, '" is already in ', other, '.html; write another id')
    elseif other then
      local row = directives.named[entry.name]
      local key = row and row.needs and row.needs[1][1]
      local value = entry.id:gsub('^%l+%-', '')
      source.fail(key and key .. '=' .. value or '{#' .. entry.id .. '}', 'the id "', entry.id, '" is already in ',
                  other, '.html; ', key and 'show this only once' or 'write another id')
    end
    seen[entry.id] = true
  end
end

-- A section that treats a concept names one that the book explains.
local function check_concepts(entries)
  for _, entry in ipairs(entries) do
    local to = entry.of and model.find(entry.of)
    if entry.of and (not to or to.kind ~= 'concept' or to.of) then
      concepts.fail('of=' .. entry.of, 'no text explains a concept {.term #', entry.of, '}')
    end
  end
end

-- Each program has a listing and is run by a transcript, each transcript has a
-- session, each change a suggestion, and each exercise a box.
local function check_files(name, ids)
  local folder = 'chapters/' .. name .. '/'
  local own, transcripts = {}, {}
  for _, path in ipairs(state.files) do
    local inside = path:sub(1, #folder) == folder and path:sub(#folder + 1)
    local exercise = inside and inside:match('^exercises/([^/]*)/')
    if exercise and not ids['exercise-' .. exercise] then
      source.stop(path, 1, 'no text shows this exercise: write ::: {.exercise name=', exercise, '} in ', state.source)
    end
    if inside and not exercise then
      table.insert(own, path)
      if path:find('%.console$') then table.insert(transcripts, files.read(path) or '') end
    end
  end
  local runs = table.concat(transcripts, '\n') .. '\n'
  for _, path in ipairs(own) do
    local file, kind = path:sub(#folder + 1):gsub('^changes/', ''):match('^(.*)%.(%l+)$')
    if kind == 'c' and not ids['lst-' .. file] then
      source.stop(path, 1, 'no listing shows this program: write ::: {.listing program=', file, '} in ', state.source)
    end
    if kind == 'c' and not runs:find('%./' .. file:gsub('%-', '%%-') .. '%f[^%w_-]') then
      source.stop(path, 1, 'no transcript runs ./', file, ': write ', folder, file, '.console')
    end
    if kind == 'patch' and not ids['change-' .. file] then
      source.stop(path, 1, 'no text suggests this change: write ::: {.try change=', file, '} in ', state.source)
    end
    if kind == 'console' and not ids['out-' .. file] then
      source.stop(path, 1, 'no session shows this transcript: write ::: {.session record=', file, '} in ', state.source)
    end
  end
end

-- Call a function for the present chapter, or for all chapters if this form is the
-- whole book.
local function each_chapter(call)
  local present = state.chapter
  for _, name in ipairs(state.whole and state.chapters or {present}) do
    if state.number_of(name) then
      state.enter(name)
      call(name, model.page(name))
    end
  end
  state.enter(present)
end

-- Check titles, ids and concepts.
function check.ids()
  each_chapter(function(name, page)
    check_title(name, page.entries)
    check_ids(name, page.entries)
    check_concepts(page.entries)
  end)
  if not state.chapter then check_concepts(model.page('index').entries) end
end

-- Check that the blocks of a chapter begin with its title; a comment may be before it.
function check.begins(blocks)
  local first = 1
  while blocks[first] and blocks[first].t == 'RawBlock' do first = first + 1 end
  first = blocks[first]
  if state.chapter and first and first.t ~= 'Header' then
    source.stop(state.source, 1, 'a chapter begins with its title: move what is before it')
  end
end

-- Check that the text shows all files. Call this last, because a mistake in a
-- directive explains why it does not show its file.
function check.files()
  each_chapter(function(name, page) check_files(name, page.ids) end)
end

return check
