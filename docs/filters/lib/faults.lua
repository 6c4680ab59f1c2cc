-- The table of faults of a chapter: chapters/NAME/faults.tsv, which "make faults"
-- writes. Its first line is "# MACHINE, DATE"; each other line has a program and
-- its sums, separated by tabs; the last program is "all".

local entries = require 'lib.entries'
local files = require 'lib.files'
local source = require 'lib.source'
local state = require 'lib.state'

local faults = {}

-- The table as blocks of pandoc; nil, a line and the reason if the file is
-- malformed.
local function blocks_of_table(tsv, words)
  local machine, lines = tsv:match('^# ([^\n]*)\n(.*)$')
  if not machine then return nil, 1, 'the first line is not "# MACHINE, DATE"' end
  local rows, n, last = {}, 1
  for line in lines:gmatch('[^\n]+') do
    local cells = {}
    for cell in line:gmatch('[^\t]+') do table.insert(cells, cell) end
    n, last = n + 1, cells[1]
    if #cells ~= #words.faults then
      return nil, n, 'this line has ' .. #cells .. ' columns, not ' .. #words.faults
    end
    cells[1] = last == 'all' and words.faultsall or '`' .. last .. '`'
    table.insert(rows, '| ' .. table.concat(cells, ' | ') .. ' |')
  end
  if last ~= 'all' then return nil, n, 'the last line is not "all"' end
  return pandoc.read('| ' .. table.concat(words.faults, ' | ') .. ' |\n|:--' ..
    ('|--:'):rep(#words.faults - 1) .. '|\n' .. table.concat(rows, '\n') .. '\n\n' ..
    words.measured:format(machine), 'markdown').blocks
end

local function path() return 'chapters/' .. state.chapter .. '/faults.tsv' end

function faults.render(div, _, blocks_of)
  local tsv = files.read(path())
  if not tsv then source.fail(source.place_of(div), 'there is no ', path(), ': run make faults') end
  local made, line, why = blocks_of_table(tsv, state.words)
  if not made then source.stop(path(), line, why, ': run make faults') end
  return blocks_of(made)
end

-- The table is part of the text of its section.
function faults.search(_, _, section)
  local made = blocks_of_table(files.read(path()) or '', state.words)
  if made then entries.add_blocks(section, made) end
end

return faults
