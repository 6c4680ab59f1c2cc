-- The fences of a Markdown file: lines of colons begin and end a directive, lines of "`" or
-- "~" do so for code. Pandoc shows a malformed one, or one without its end, as text.

local files = require 'lib.files'
local source = require 'lib.source'

local fences = {}

local function begins_directive(line)
  local block = pandoc.read(line .. '\n:::\n', 'markdown').blocks[1]
  return block and block.t == 'Div'
end

-- Check that each fence of a file is whole. As in pandoc, a line of colons ends the last open
-- directive. But if the line has more colons than that directive and as many as the directive
-- around it, the line is meant for the outer one: report that the inner one has no end.
function fences.check(path)
  local open, before, n = {}, '', 0
  local function fail(...) source.stop(path, n, ...) end
  local function has_no_end(fence)
    source.stop(path, fence.n, '"', fence.line, '" has no end: write "', fence.marks, '" on a line of its own after it')
  end

  for line in ((files.read(path) or '') .. '\n'):gmatch('([^\n]*)\n') do
    line, n = line:gsub('%s+$', ''), n + 1
    local colons, code = line:match('^:::+'), line:match('^```+') or line:match('^~~~+')
    local last, outer = open[#open], open[#open - 1]
    if last and last.is_code then
      if line:find('^ ? ? ?' .. last.marks .. '+$') then table.remove(open) end
    elseif code and not line:find(code:sub(1, 1), #code + 1, true) then
      table.insert(open, {line = line, n = n, marks = code, is_code = true})
    elseif colons and line == colons then
      if not last then fail('this "', line, '" ends nothing: remove it') end
      if outer and #outer.marks == #line and #last.marks < #line then has_no_end(last) end
      table.remove(open)
    elseif colons then
      if line:find('{') and not line:find('}') then
        fail('the brace of "', line, '" is not closed on this line: write "}" at its end')
      elseif not begins_directive(line) then
        fail('"', line, '" begins no directive: write "::: NAME" or "::: {.NAME KEY=VALUE}"')
      elseif before ~= '' and not before:find('^#') then
        fail('write an empty line before "', line, '": it may be part of the text above')
      end
      table.insert(open, {line = line, n = n, marks = colons})
    end
    before = (colons or code) and '' or line
  end
  if #open > 0 then has_no_end(open[#open]) end
end

return fences
