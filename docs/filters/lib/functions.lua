-- The tables of functions: header, prototype, parameters, flags and errors.

local caption = require 'lib.caption'
local entries = require 'lib.entries'
local files = require 'lib.files'
local source = require 'lib.source'
local state = require 'lib.state'
local text = require 'lib.text'

local functions = {}

-- A declaration: header, prototype, parameters, flags ({name, value}) and errors.
local function declaration(path, code)
  local d = {header = code:match('#include (<[^>]+>)'), parameters = {}, flags = {}, errors = {}}
  d.prototype = code:match('\n(%l[^;#]*%));\n') or code:match('\n(%u+ %*[^;#]*%));\n')
  local list = d.prototype and d.prototype:match('%((.*)%)$')
  if not d.header or not list then
    source.stop(path, 1, 'this needs a line "#include <...>" and a prototype')
  end
  for parameter in (list .. ','):gmatch('([^,]*),') do
    local name = parameter:match('([%a_][%w_]*)[%[%]%d]*%s*$')
    if name ~= 'void' then table.insert(d.parameters, name) end
  end
  for name, relation, value in code:gmatch('_Static_assert%(([%w_]+) ([=>]+) ([%w]+)') do
    if relation == '==' then
      table.insert(d.flags, {name, value})
    else
      table.insert(d.errors, name)
    end
  end
  return d
end

local function row(head, html)
  return '<tr><th scope="row">' .. head .. '</th><td>' .. html .. '</td></tr>'
end

local function item(term, value, blocks)
  if #blocks == 1 and blocks[1].t == 'Para' then
    blocks = {pandoc.Plain(blocks[1].content)}
  end
  return '<dt>' .. text.code(term) .. value .. '</dt><dd>' ..
         text.to_html(blocks) .. '</dd>'
end

function functions.render(div, to)
  local name, where, path, code = source.file_of(div, 'name', 'functions/', '.h')
  local d = declaration(path, code)
  local terms = source.definitions(div, where)
  local words = state.words
  local at = 1

  -- Take the next term, which has to be this one, and return its blocks.
  local function take(expected, what)
    local term = terms[at]
    if not term or term[1] ~= expected then
      source.fail(where, what, ' "', expected, '" of ', path, ' has no text here',
                  term and ('; "' .. term[1] .. '" is in its place') or '', ': write it')
    end
    at = at + 1
    return term[2]
  end
  local rows = {
    row(words.header, text.code('#include ' .. d.header)),
    row(words.prototype, text.code(d.prototype .. ';')),
  }
  local function list(head, items)
    if #items > 0 then
      table.insert(rows, row(head, '<dl>' .. table.concat(items) .. '</dl>'))
    end
  end

  local items = {}
  for _, parameter in ipairs(d.parameters) do
    table.insert(items, item(parameter, '', take(parameter, 'the parameter')))
  end
  list(words.parameters, items)
  table.insert(rows, row(words.returns, text.to_html(take('return', 'the entry'))))
  items = {}
  while terms[at] and terms[at][1]:match('^["“].*["”]$') do
    local plain = terms[at][1]:gsub('[“”]', '"')
    table.insert(items, item(plain, '', terms[at][2]))
    at = at + 1
  end
  list(words.values, items)
  items = {}
  for _, flag in ipairs(d.flags) do
    table.insert(items, item(flag[1], ' <span class="value">' .. flag[2] .. '</span>',
                             take(flag[1], 'the flag')))
  end
  list(words.flags, items)
  items = {}
  for _, code_name in ipairs(d.errors) do
    table.insert(items, item(code_name, '', take(code_name, 'the error')))
  end
  list(words.errors, items)
  if terms[at] then
    source.fail(where, '"', terms[at][1], '" is not in ', path, ': add it there, or remove the term')
  end
  return text.raw('<figure class="function" id="' .. to.id .. '">\n' ..
                  caption.figure(to, '<code>' .. name .. '()</code>') ..
                  '\n<table>\n<tbody>\n' .. table.concat(rows, '\n') ..
                  '\n</tbody>\n</table>\n</figure>')
end

function functions.search(div, to)
  local name = div.attributes.name
  local entry = entries.new('table', to.id, entries.title(to, name .. '()'))
  local code = files.read('chapters/' .. state.chapter .. '/functions/' .. name .. '.h') or ''
  local header, prototype = code:match('(#include <[^>]+>)%s*([^;]*;)')
  entries.add(entry, (header or '') .. ' ' .. (prototype or ''), prototype)
  entries.each_definition(div, function(term, blocks)
    entries.add(entry, term == 'return' and state.words.returns or term, term)
    entries.add_blocks(entry, blocks)
  end)
end

return functions
