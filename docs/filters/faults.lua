-- faults.lua - the table of faults as blocks of pandoc.
--
--   local fault_table = dofile('docs/filters/faults.lua')
--
-- Of the text of docs/faults.tsv, which make faults writes: a first line
-- "# MACHINE, DATE", then a program and its sums in each line, the last of which
-- is "all". If the text is malformed, returns nil, a line and the reason.
return function(text, words)
  local machine, lines = text:match('^# ([^\n]*)\n(.*)$')
  if not machine then return nil, 1, 'no line "# MACHINE, DATE"' end
  local rows, n, last = {}, 1
  for line in lines:gmatch('[^\n]+') do
    local cells = {}
    for cell in line:gmatch('[^\t]+') do table.insert(cells, cell) end
    n, last = n + 1, cells[1]
    if #cells ~= #words.faults then return nil, n, 'not ' .. #words.faults .. ' columns' end
    cells[1] = last == 'all' and words.faultsall or '`' .. last .. '`'
    table.insert(rows, '| ' .. table.concat(cells, ' | ') .. ' |')
  end
  if last ~= 'all' then return nil, n, 'no last line "all"' end
  return pandoc.read('| ' .. table.concat(words.faults, ' | ') .. ' |\n|:--' ..
    ('|--:'):rep(#words.faults - 1) .. '|\n' .. table.concat(rows, '\n') .. '\n\n' ..
    words.measured:format(machine), 'markdown').blocks
end
