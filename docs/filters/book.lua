-- The pandoc filter that makes the book out of the chapters' Markdown: a page, the
-- first page, or the whole book in one file. lib/directives.lua has what each
-- directive becomes, lib/model.lua all numbers and ids.
--
-- Metadata:
--   language  such as "en"
--   form      page, index, print, single, epub or words: see lib/state.lua
--   chapter   folder of the chapter, for a page; "terms" for the index of terms
--   chapters  folders of all chapters, in their order
--   files     all programs, transcripts and patches of the book, and transcripts of exercises
--   records   directory of the recordings
--   models    directory of the models, which docs/filters/model.lua makes
--   entries   file for the entries of the page, see lib/search.lua
--   runnable  set if the Linux in the page was made
--   terms     for the index of terms: columns 1 to 5 of the entries of the search
--   depends   file for a make fragment with all files that were read, and
--   target    the target of that fragment
--
-- A mistake in a chapter ends the run with one line: FILE:LINE: what is wrong.

package.path = 'docs/filters/?.lua;' .. package.path
local check = require 'lib.check'
local concepts = require 'lib.concepts'
local contents = require 'lib.contents'
local directives = require 'lib.directives'
local fences = require 'lib.fences'
local files = require 'lib.files'
local links = require 'lib.links'
local model = require 'lib.model'
local search = require 'lib.search'
local source = require 'lib.source'
local state = require 'lib.state'
local text = require 'lib.text'

local blocks_of

-- The part of book.md in one language. Where the book is in one file, it is a
-- chapter with a title.
local function preface(div)
  local lang = div.attributes.lang
  if not state.words_of[lang] then
    source.fail('lang=' .. lang, 'the book has no language "', lang, '"')
  end
  if lang ~= state.lang then return {} end
  local blocks = pandoc.List()
  if state.form ~= 'index' then
    blocks:insert(pandoc.Header(1, {pandoc.Str(state.words.preface)}, {id = 'preface'}))
  end
  blocks:extend(blocks_of(div.content))
  return blocks
end

-- Report a directive in a list, a quotation or a note.
local function misplaced(div)
  local class = tostring(div.classes[1])
  local where = '.' .. class
  for _, key in ipairs({'program', 'record', 'name', 'src', 'change', 'lang'}) do
    if div.attributes[key] then where = key .. '=' .. div.attributes[key] end
  end
  source.stop(state.source, source.line_of(where, true), 'the directive "', class,
              '" has no effect inside a list, a quotation or a note: move it out')
end

local function directive(div)
  local class = div.classes[1]
  local row = directives.named[class]
  if not row and div.attributes.lang then return preface(div) end
  if not row then
    local names = {}
    for _, other in ipairs(directives) do table.insert(names, other.name) end
    source.fail(tostring(class or ':::'), 'unknown directive "', tostring(class), '"; there are: ',
                table.concat(names, ', '))
  end
  if div.attributes.lang then
    source.fail(source.place_of(div), 'the directive "', class, '" has no lang=: remove it')
  end
  for _, need in ipairs(row.needs or {}) do
    if not div.attributes[need[1]] then
      source.fail(source.place_of(div), 'the directive "', class, '" needs ', need[1], '=', need[2])
    end
  end
  if not state.chapter and (row.needs or not row.holds_blocks) then
    source.fail(source.place_of(div), 'the directive "', class, '" shows a file of a chapter: move it into one')
  end
  if not row.holds_blocks then
    div.content = div.content:walk({Link = links.resolve, Div = misplaced, Span = concepts.anchor})
  end
  return row.render(div, row.id and model.own(row.id(div)), blocks_of)
end

-- A table in a box that scrolls if the table is wider than its place; by keys, as it
-- can have the focus. The name of the box, its columns, is used once on a page.
local box_names = {}
local function table_box(made)
  local columns = {}
  for _, cell in ipairs(made.head.rows[1] and made.head.rows[1].cells or {}) do
    table.insert(columns, pandoc.utils.stringify(cell.contents))
  end
  local name = state.words.table .. ': ' .. table.concat(columns, ', ')
  box_names[name] = (box_names[name] or 0) + 1
  if box_names[name] > 1 then name = name .. ' (' .. box_names[name] .. ')' end
  -- A list, because the order of a table differs from run to run.
  local attributes = {{'tabindex', '0'}, {'role', 'region'}, {'aria-label', name}}
  return pandoc.Div({made}, pandoc.Attr('', {'table'}, attributes))
end

-- The blocks as they are in this form.
function blocks_of(blocks)
  local out = pandoc.List()
  for _, block in ipairs(blocks) do
    local made = block
    if block.t == 'Header' then
      block:walk({Span = concepts.misplaced})
      made = contents.heading(block)
    elseif block.t == 'Div' then
      made = directive(block)
    elseif block.t ~= 'RawBlock' then
      made = block:walk({Link = links.resolve, Div = misplaced, Span = concepts.anchor})
      if made.t == 'Table' then
        -- As wide as its text, not as its lines in the source.
        for _, spec in ipairs(made.colspecs) do spec[2] = nil end
        if state.on_screen then made = table_box(made) end
      end
    end
    if made.t then out:insert(made) else out:extend(made) end
  end
  return out
end

-- Remove the ids of lines that no link leads to.
local function remove_idle_ids(blocks)
  local linked = links.linked_lines
  for _, block in ipairs(blocks) do
    for id in (block.t == 'RawBlock' and block.text or ''):gmatch('href="#(src%-[^"]*)"') do linked[id] = true end
  end
  for _, block in ipairs(blocks) do
    if block.t == 'RawBlock' and block.text:find('<span id="src-', 1, true) then
      block.text = block.text:gsub('<span id="(src%-[%w_-]+)">([^\n]*)</span>%f[\n<]', function(id, line)
        return not linked[id] and line or nil
      end)
    end
  end
end

-- The date of the sources and the machine of the recordings, as a sentence; nil if one of them
-- is unknown.
local function machine()
  local name = files.read('build/work/machine')
  local date = tonumber(files.read('build/work/date') or '')
  return name and date and string.format(state.words.machine, os.date('!%Y-%m-%d', date),
                                         text.escape(name:gsub('%s+$', '')))
end

-- Give a template its interface words.
local function add_words(meta)
  local words = state.words
  for _, key in ipairs({'other', 'otherlang', 'skip', 'pdf', 'epub', 'single', 'keywords',
                        'accessible', 'theme', 'system', 'light', 'dark', 'copy', 'copied',
                        'notcopied', 'continue', 'start', 'unrunnable'}) do
    meta[key] = words[key]
  end
  -- Raw, because pandoc would break their lines.
  for _, key in ipairs({'search', 'searchhint', 'searchempty', 'searchnone', 'searchcount',
                        'searchmore', 'searchfailed', 'close', 'text'}) do
    meta[key] = pandoc.MetaInlines({text.rawi(text.escape(words[key]))})
  end
  local panel = {}
  for key, word in pairs(words.panel) do table.insert(panel, string.format('  %s: "%s",', key, word)) end
  table.sort(panel)
  meta['panel-words'] = pandoc.MetaInlines({text.rawi('{\n' .. table.concat(panel, '\n') .. '\n}')})
  meta['contents-word'] = words.contents
  meta['previous-word'] = words.previous
  meta['next-word'] = words.next
end

-- Add what the template of each form needs, and return the blocks of its body.
local finish = {}

function finish.page(meta, blocks)
  local name = state.chapter
  local spine = pandoc.read(files.read('book.md'):match('^%-%-%-\n.-\n%-%-%-\n'), 'markdown').meta
  local recorded = false
  for _, entry in ipairs(model.page(name).entries) do recorded = recorded or entry.kind == 'session' end
  local where = recorded and machine()
  meta.booktitle, meta.version = spine.title[state.lang], spine.version
  if not recorded then meta.runnable = nil end
  meta.machine = where and pandoc.MetaBlocks({text.raw(where)}) or nil
  meta.title = contents.title(name)
  add_words(meta)
  meta.here, meta.home = name, true
  meta.previous, meta.next = contents.neighbours()
  meta.contents = contents.of_page()
  return blocks
end

function finish.index(meta, blocks)
  add_words(meta)
  meta.booktitle = meta.title
  meta.here = 'index'
  -- The first section, which says what the book is, comes before the contents.
  local lead = pandoc.List()
  repeat lead:insert(table.remove(blocks, 1)) until not blocks[1] or blocks[1].t == 'Header'
  meta.lead = pandoc.MetaBlocks(lead)
  meta.previous, meta.next = contents.neighbours()
  meta.contents = contents.of_book()
  return blocks
end

function finish.epub(meta, blocks)
  meta.lang = state.lang
  return blocks
end

function finish.single(meta, blocks)
  add_words(meta)
  meta.subtitle = state.field(meta, 'subtitle')
  for _, name in ipairs({'code', 'figures', 'book'}) do
    meta[name .. '-css'] = pandoc.MetaBlocks({text.raw(files.read('docs/theme/' .. name .. '.css'))})
  end
  meta.contents = contents.of_whole()
  return blocks
end

function finish.print(meta, blocks)
  local index = require 'lib.index_print'
  add_words(meta)
  meta.subtitle = state.field(meta, 'subtitle')
  meta.contents = contents.of_whole()
  blocks:extend(index.blocks(blocks, state.field(meta, 'title')))
  return blocks
end

-- The steps: compute the model of this page (a whole book reads all models from files), check
-- it, copy the blocks for the search, render the blocks, check that all files are shown, write
-- the entries, add the metadata of the template. Rendering changes the blocks and ends at the
-- first mistake, so the copy comes before it and check.files() after it.
function Pandoc(doc)
  local meta = doc.meta
  state.read(meta)
  -- book.md has these fields in each language: keep only the text in this language.
  for _, key in ipairs({'title', 'subtitle', 'author'}) do
    if meta[key] and meta[key][state.lang] then meta[key] = meta[key][state.lang] end
  end
  if state.form == 'words' then
    add_words(meta)
    files.finish(meta)
    return pandoc.Pandoc({}, meta)
  end

  local blocks = doc.blocks
  if meta.terms then blocks = require('lib.index_web').blocks(state.field(meta, 'terms')) end
  if not state.whole then
    fences.check(state.source)
    model.compute(state.chapter or 'index', blocks)
  end
  check.ids()
  if not state.whole and not meta.terms then check.begins(blocks) end
  local copy = meta.entries and search.copy(blocks)
  blocks = blocks_of(blocks)
  check.files()
  if copy then search.write(state.field(meta, 'entries'), copy) end
  blocks = finish[state.form](meta, blocks)
  remove_idle_ids(blocks)
  files.finish(meta)
  return text.typeset(pandoc.Pandoc(blocks, meta))
end
