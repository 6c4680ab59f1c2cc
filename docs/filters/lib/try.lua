-- A suggestion ("Try it") and its change: the box, and folded in it the changed
-- lines of the program and what the changed program printed. The change is
-- chapters/NAME/changes/CHANGE.patch, its recording build/changes/CHANGE.console.

local box = require 'lib.box'
local entries = require 'lib.entries'
local files = require 'lib.files'
local recordings = require 'lib.session'
local source = require 'lib.source'
local state = require 'lib.state'
local text = require 'lib.text'

local try = {}

local function path_of(change) return 'chapters/' .. state.chapter .. '/changes/' .. change .. '.patch' end
local function recording_of(change) return 'build/changes/' .. change .. '.console' end

-- The lines of a patch as a list of {sign, text, number}: sign is " ", "-" or "+",
-- number that of the line in the program (nil for a new line). {"⋮", ""} is in the place of
-- lines of the program that the patch leaves out.
local function lines_of(patch)
  local lines, n = {}
  for line in patch:gmatch('([^\n]*)\n') do
    local from = line:match('^@@ %-(%d+)')
    local sign, rest = line:match('^([ +-])(.*)$')
    if from then
      if n then table.insert(lines, {'⋮', ''}) end
      n = tonumber(from)
    elseif n and (sign or line == '') then -- an editor may have removed the blank
      table.insert(lines, {sign or ' ', rest or '', sign ~= '+' and n or nil})
      n = n + (sign == '+' and 0 or 1)
    end
  end
  return lines
end

-- The lines as HTML, each with its number in the listing. Where lines change, the
-- number of the first one, or of the line before new ones, leads to the listing.
local function difference(lines, program)
  local element = {['-'] = 'del', ['+'] = 'ins'}
  local out = {}
  for i, line in ipairs(lines) do
    local sign, rest, n = table.unpack(line)
    local before, after = (lines[i - 1] or line)[1], (lines[i + 1] or line)[1]
    local number = string.format('%3s', n or '')
    if sign == '-' and before ~= '-' or sign == ' ' and after == '+' then
      number = number:gsub('%d+', '<a href="#src-' .. program .. '-%0">%0</a>')
    end
    local name = element[sign] or 'span'
    table.insert(out, string.format('<%s><i>%s</i> %s %s</%s>', name, number, sign, text.escape(rest), name))
  end
  return table.concat(out, '\n')
end

function try.render(div, _, blocks_of)
  local change = div.attributes.change
  local blocks = box.render(div, nil, blocks_of)
  local patch, recorded = files.read(path_of(change)), files.read(recording_of(change))
  if not patch or not recorded then
    source.fail(source.place_of(div), 'there is no change ', path_of(change),
                ': make it as docs/guide.md says, or remove this box')
  end
  local body = table.concat({
    '<pre class="diff" tabindex="0"><code>' .. difference(lines_of(patch), change:match('^(.*)%-')) .. '</code></pre>',
    '<div class="session">' .. recordings.on_page(recorded, 'data-change="' .. change .. '.console"') .. '</div>',
    (state.runnable and text.play(change) .. '\n' or '') .. '<dl class="run"><dt>' .. state.words.run .. '</dt><dd><code>make try-' .. change .. '</code></dd></dl>'}, '\n')
  local attributes = ' class="change" id="change-' .. change .. '">\n'
  blocks:insert(#blocks, text.raw(state.on_screen and
    '<details' .. attributes .. '<summary>' .. state.words.change .. '</summary>\n' .. body .. '\n</details>' or
    '<div' .. attributes .. body .. '\n</div>'))
  return blocks
end

-- The new lines and the recording are part of the section, as the text of the box is.
function try.search(div, to, section, look)
  section = box.search(div, to, section, look)
  local change = div.attributes.change
  if not section then return nil end
  for _, line in ipairs(lines_of(files.read(path_of(change)) or '')) do
    if line[1] == '+' then entries.add(section, line[2], line[2]) end
  end
  local recorded = recordings.plain(files.read(recording_of(change)) or '')
  entries.add(section, recorded, recorded)
  return section
end

return try
