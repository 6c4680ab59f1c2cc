-- The terms of the index: the functions, constants, errors, signals and programs
-- that a piece of code names. Their list is in docs/filters/terms and, for the
-- words of one chapter, in chapters/NAME/terms.
--
--   terms.read(chapters)      read the lists; call this first
--   terms.of(code, programs)  the names in it, each once, in their order; a
--                             function as name(); programs is a set: {name = true}
--   terms.group(name)         functions, constants, errors, signals or programs
--   terms.manual(name)        its manual page as name, section; nil if it has none
--   terms.groups              the groups in the order of the index
--   terms.before(a, b)        whether a is before b in a group
--   terms.sorted(concepts)    the concepts (see model.lua) in the order of their names
--
-- A function in none of the lists is the program's own. tests/test_search.c
-- reports words of the book that the lists lack, and looks for each manual page.

local files = require 'lib.files'
local source = require 'lib.source'

-- {word = section}, or {word = page(section)} where the page has another name.
local functions, constants, commands = {}, {}, {}
local general = {} -- set of the words that every C program has

local terms = {groups = {'functions', 'constants', 'errors', 'signals', 'programs'}}

local function read_list(path)
  local n = 0
  for line in (files.read(path) or ''):gmatch('([^\n]*)\n') do
    n = n + 1
    local name, call, page = line:match('^([%w_]+)(%(?%)?) (%S+)$')
    local section = page and page:match('(%d)%)?$')
    if page == '-' then
      general[name] = true
    elseif section and call == '()' then
      functions[name] = page
    elseif section and call == '' then
      (page:find('^[18]$') and commands or constants)[name] = page
    elseif not line:find('^#') then
      source.stop(path, n, 'write a word and the section of its manual page, such as "pause() 2"')
    end
  end
end

function terms.read(chapters)
  read_list('docs/filters/terms')
  for _, name in ipairs(chapters) do read_list('chapters/' .. name .. '/terms') end
end

function terms.group(name)
  if name:find('%(%)$') then return 'functions' end
  if constants[name] then return 'constants' end
  if name:find('^E[A-Z0-9]+$') then return 'errors' end
  if name:find('^SIG[A-Z0-9]+$') then return 'signals' end
  return 'programs'
end

function terms.manual(name)
  local group = terms.group(name)
  if group == 'errors' then return 'errno', '3' end
  if group == 'signals' then return 'signal', '7' end
  local plain = name:gsub('%(%)$', '')
  local page = (group == 'functions' and functions or group == 'constants' and constants or
                commands)[plain]
  if not page then return nil end
  local other, section = page:match('^(.*)%((.*)%)$')
  return other or plain, section or page
end

function terms.of(code, programs)
  local found = {}
  local function add(name)
    if not found[name] then
      found[name] = true
      table.insert(found, name)
    end
  end
  -- A command is all of the code, or is after a prompt or in a pipeline. A program
  -- may also be called by its path.
  local function command(name)
    if name and (programs[name] or commands[name]) then add(name) end
  end
  command(code:match('^[%l%d-]+$'))
  for name in code:gmatch('[$|] ([%l%d-]+)') do command(name) end
  for name in code:gmatch('%./([%l%d-]+)') do
    if programs[name] then add(name) end
  end
  for name, after in code:gmatch('%f[%w_]([%a_][%w_]*)()') do
    local section = code:match('^%((%d)%l*%)', after)
    -- A general name is in every C program.
    if general[name] then -- luacheck: ignore
    elseif functions[name] and code:find('^%(', after) then
      -- A page of another section, such as pipe(7), is not about the function.
      if not section or section == functions[name] then add(name .. '()') end
    elseif constants[name] then
      add(name)
    elseif name:find('^E[A-Z0-9][A-Z0-9]+$') or name:find('^SIG[A-Z]+%d?$') then
      add(name)
    end
  end
  return found
end

function terms.before(a, b)
  local x, y = a:lower():gsub('^_+', ''), b:lower():gsub('^_+', '')
  if x ~= y then return x < y end
  return a < b
end

function terms.sorted(concepts)
  table.sort(concepts, function(a, b)
    if a.name ~= b.name then return terms.before(a.name, b.name) end
    return a.id < b.id
  end)
  return concepts
end

return terms
