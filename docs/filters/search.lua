-- The pandoc filter that lists what can be found in a chapter, for the search
-- (docs/theme/search.js) and for the index of terms (docs/filters/index.lua).
--
-- An entry is a section's text, a listing with its notes, a session, the calls
-- of one, a function table or a picture. It is a line with tabs: page, id, kind,
-- title, the terms in its code, separated by spaces, and what search.js reads:
-- {"page", "id", "title", "kind", "text"}. The title of anything but a text
-- begins with what it is called, such as "Listing 1.2". The entries stand in the
-- order of the page, so that the section of one is the last text before it.
--
-- A link without a text, [](#ID) or [](PAGE.html#ID), stands as it is in the text:
-- search.js knows what all entries are called, and a page only its own.
--
-- Metadata as for book.lua, and programs, the names of all. What is wrong in a
-- chapter is for book.lua to say, and tests/test_search.c compares both.

local words_of = dofile('docs/filters/words.lua')
local terms = dofile('docs/filters/terms.lua')
local fault_table = dofile('docs/filters/faults.lua')
local words, lang, records, page, folder
local programs = {}
local number
local counts = {listing = 0, session = 0, figure = 0, table = 0}
local entries = {}

local function read(path)
  local file = io.open(path, 'rb')
  if not file then return '' end
  local text = file:read('a')
  file:close()
  return text
end

-- A string of JavaScript, on a line of its own file.
local function quote(text)
  return '"' .. text:gsub('%s+', ' '):gsub('[\\"]', '\\%0'):gsub('%c', '') .. '"'
end

-- The paragraphs, lines of code and cells of blocks, as one text.
local function plain(blocks)
  local parts = {}
  local function keep(el) table.insert(parts, el.text or pandoc.utils.stringify(el)) end
  local div = pandoc.walk_block(pandoc.Div(blocks), {DefinitionList = function(list)
    local out = pandoc.List()
    for _, item in ipairs(list.content) do
      out:insert(pandoc.Plain(item[1]))
      for _, part in ipairs(item[2]) do out:extend(part) end
    end
    return out
  end})
  pandoc.walk_block(div, {Plain = keep, Para = keep, CodeBlock = keep})
  return table.concat(parts, ' ')
end

-- Add to an entry a text, and code of which the terms are to be known.
local function add(entry, text, code)
  table.insert(entry.text, text)
  for _, name in ipairs(code and terms.of(code, programs) or {}) do entry.terms[name] = true end
end

local function add_blocks(entry, blocks)
  add(entry, plain(blocks))
  pandoc.walk_block(pandoc.Div(blocks), {
    Code = function(el) add(entry, '', el.text) end,
    CodeBlock = function(el) add(entry, '', el.text) end,
  })
end

local function new(kind, id, title)
  local entry = {kind = kind, id = id, title = title, text = {}, terms = {}}
  table.insert(entries, entry)
  return entry
end

local function titled(what, caption)
  counts[what] = counts[what] + 1
  return words[what] .. ' ' .. number .. '.' .. counts[what] .. ' ' .. caption
end

-- Every term of a definition list with what it says.
local function each(div, call)
  for _, block in ipairs(div.content) do
    for _, item in ipairs(block.t == 'DefinitionList' and block.content or {}) do
      local blocks = pandoc.List()
      for _, part in ipairs(item[2]) do blocks:extend(part) end
      call(pandoc.utils.stringify(item[1]), blocks)
    end
  end
end

local directives = {}

function directives.listing(div)
  local program = div.attributes.program
  local path = 'chapters/' .. folder .. '/' .. program .. '.c'
  local entry = new('listing', 'lst-' .. program, titled('listing', path))
  entry.terms[program] = true
  add(entry, read(path), read(path))
  each(div, function(_, blocks) add_blocks(entry, blocks) end)
end

function directives.session(div)
  local record = div.attributes.record
  local entry = new('output', 'out-' .. record, titled('session', plain(div.content)))
  local text = read(records .. '/' .. folder .. '/' .. record .. '.console')
  -- Which terminal it is does not stand beside what was typed on it.
  local names = {}
  for name in text:match('^%l+%$ ') and ('\n' .. text):gmatch('\n(%l+)%$ ') or function() end do
    names[name] = true
  end
  text = ('\n' .. text):gsub('\n(%l+)([$<:])([^\n]*)', function(name, kind, rest)
    if not names[name] or kind == ':' and rest ~= '' then return nil end
    return '\n' .. (kind == '$' and '$' or '') .. rest
  end):gsub('{{waits}}', words.waits)
  add(entry, text, text)
end

function directives.calls(div)
  local record = div.attributes.record
  local entry = new('output', 'calls-' .. record, words.calls .. ': ' .. plain(div.content))
  local text = read(records .. '/' .. folder .. '/' .. record .. '.' .. lang .. '.calls')
  add(entry, text, text)
end

directives['function'] = function(div)
  local name = div.attributes.name
  local entry = new('table', 'fn-' .. name, titled('table', name .. '()'))
  local text = read('chapters/' .. folder .. '/functions/' .. name .. '.h')
  local header, prototype = text:match('(#include <[^>]+>)%s*([^;]*;)')
  add(entry, (header or '') .. ' ' .. (prototype or ''), prototype)
  each(div, function(term, blocks)
    add(entry, term == 'return' and words.returns or term, term)
    add_blocks(entry, blocks)
  end)
end

function directives.figure(div)
  local entry = new('figure', 'fig-' .. div.attributes.src:gsub('%.svg$', ''),
                    titled('figure', plain({div.content[1]})))
  add(entry, plain({div.content[2]}))
end

-- What a picture tells: the calls, with what they mean.
local function picture(div, name, id)
  local entry = new('figure', id, titled('figure', plain(div.content)))
  local text = read(records .. '/' .. folder .. '/' .. div.attributes.record .. '.' .. lang .. '.pictures')
  local rows = ('\n' .. text .. '\n== '):match('\n== ' .. name:gsub('%p', '%%%0') .. '\n.-</svg>\n(.-)\n== ')
  for call, meaning in (rows or ''):gmatch('[^\t\n]*\t[^\t\n]*\t([^\t\n]*)\t([^\n]*)') do
    add(entry, call .. ' ' .. meaning)
  end
end

local function run_of(div)
  local run = div.attributes.run or '1'
  return run == '1' and '' or '-' .. run
end

function directives.course(div)
  local run = run_of(div)
  picture(div, run == '-all' and 'whole' or 'course' .. run, 'course-' .. div.attributes.record .. run)
end

function directives.ends(div)
  local rest = run_of(div) .. '-' .. div.attributes.at
  picture(div, 'ends' .. rest, 'ends-' .. div.attributes.record .. rest)
end

-- The blocks in their order; section is the entry that has the text.
local function look(blocks, section)
  for _, block in ipairs(blocks) do
    local class = block.t == 'Div' and block.classes[1]
    if block.t == 'Header' then
      local title = pandoc.utils.stringify(block.content)
      if block.level == 1 then title = number .. ' ' .. title end
      section = new('text', block.identifier, title)
      add_blocks(section, {pandoc.Plain(block.content)})
      section.text = {}
    elseif class and directives[class] then
      directives[class](block)
    elseif class == 'faults' then
      add_blocks(section, fault_table(read('docs/faults.tsv'), words))
    elseif class and (class == 'pitfall' or class == 'correction' or class == 'try') then
      add(section, words[class])
      section = look(block.content, section)
    elseif class or block.t == 'Div' then
      if block.attributes.lang == lang then section = look(block.content, section) end
    elseif section then
      add_blocks(section, {block})
    end
  end
  return section
end

local function line_of(entry)
  local names = {}
  for name in pairs(entry.terms) do table.insert(names, name) end
  table.sort(names, terms.before)
  local text = table.concat(entry.text, ' '):gsub('^%s+', ''):gsub('%s+$', '')
  return table.concat({page, entry.id, entry.kind, (entry.title:gsub('%s+', ' ')), table.concat(names, ' '),
    string.format('{"page":%s,"id":%s,"title":%s,"kind":%s,"text":%s}', quote(page), quote(entry.id),
                  quote(entry.title), quote(entry.kind), quote(text))}, '\t')
end

function Pandoc(doc)
  local function of(key) return doc.meta[key] and pandoc.utils.stringify(doc.meta[key]) or '' end
  lang, records, folder = of('language'), of('records'), of('chapter')
  words = words_of[lang]
  page = folder ~= '' and folder or 'index'
  for name in of('programs'):gmatch('%S+') do programs[name] = true end
  local n = 0
  for name in of('chapters'):gmatch('%S+') do
    n = n + 1
    if name == folder then number = n end
  end
  look(doc:walk({Link = function(el)
    if #el.content == 0 then return pandoc.Str('[](' .. el.target .. ')') end
  end}).blocks)
  local lines = {}
  for i, entry in ipairs(entries) do lines[i] = line_of(entry) end
  return pandoc.Pandoc({pandoc.RawBlock('html', table.concat(lines, '\n'))})
end
