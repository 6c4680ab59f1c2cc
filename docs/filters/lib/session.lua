-- Recordings: sessions on terminals, and lists of system calls. Other modules call this module
-- "recordings". In render() and search(), "to" is the entry of the directive in the model.

local caption = require 'lib.caption'
local console = require 'lib.console'
local entries = require 'lib.entries'
local files = require 'lib.files'
local source = require 'lib.source'
local state = require 'lib.state'
local text = require 'lib.text'

local session, calls = {}, {}

-- The recording that a directive shows: its name, its path below the directory of
-- the recordings, and the text of the file with this ending.
local function recording(div, ending)
  local name = div.attributes.record
  local path = state.chapter .. '/' .. name
  local recorded = files.read(state.records .. '/' .. path .. '.' .. ending)
  if not recorded then
    source.fail(source.place_of(div), 'there is no recording ', path,
                '; write its transcript chapters/', path, '.console')
  end
  return name, path, recorded
end

-- A line of output as HTML.
local function line_as_html(pieces)
  local out = {}
  for i, piece in ipairs(pieces) do
    out[i] = piece.text and text.escape(piece.text) or
      piece.escape and '<span class="escape">' .. piece.escape .. '</span>' or
      '<span class="no-newline">' .. state.words.nonewline .. '</span>'
  end
  return table.concat(out)
end

-- A block of a recording as HTML: what was typed, the output and the status.
local function block_as_html(block)
  local out = {}
  local typed = text.escape(console.plain(block.typed))
  if block.kind == '$' then
    table.insert(out, '<span class="prompt">$ </span><span class="command">' .. typed .. '</span>\n')
  elseif block.kind == '<' then
    table.insert(out, '<span class="typed">' .. typed .. '</span>\n')
  end
  for _, line in ipairs(block.lines) do table.insert(out, line_as_html(line) .. '\n') end
  if block.status == 'waits' then
    table.insert(out, '<span class="waits">' .. state.words.waits .. '</span>\n')
  elseif block.status then
    table.insert(out, '<span class="status">[' .. block.status .. ']</span>\n')
  end
  return table.concat(out)
end

-- A recording on one terminal. The page does not show the name of the terminal.
local function terminal(blocks, attribute)
  local out = {}
  for i, block in ipairs(blocks) do out[i] = block_as_html(block) end
  return '<pre ' .. attribute .. ' tabindex="0"><code>' .. table.concat(out) .. '</code></pre>'
end

-- A recording on several terminals. Each has a column, in the order in which they
-- begin. A turn of a terminal, which can have several blocks, has a row of its own, in
-- order of time.
local function terminals(blocks, attribute)
  local names, turns = {}, {}
  for _, block in ipairs(blocks) do
    local name = block.terminal
    if not names[name] then
      table.insert(names, name)
      names[name] = #names
    end
    if #turns == 0 or turns[#turns].name ~= name then table.insert(turns, {name = name, html = ''}) end
    turns[#turns].html = turns[#turns].html .. block_as_html(block)
  end
  if #names == 1 then return terminal(blocks, attribute) end
  local out = {'<div class="terminals" ' .. attribute .. '>'}
  for i, name in ipairs(names) do
    table.insert(out, string.format(
      '<div class="screen" style="grid-area: 1 / %d / span %d" aria-hidden="true">%s</div>',
      i, #turns + 1, name))
  end
  for i, turn in ipairs(turns) do
    table.insert(out, string.format(
      '<div style="grid-area: %d / %d"><p class="who">%s</p><pre tabindex="0"><code>%s</code></pre></div>',
      i + 1, names[turn.name], turn.name, turn.html))
  end
  table.insert(out, '</div>')
  return table.concat(out, '\n')
end

-- A recording as an element with this attribute, which says what it shows.
local function on_page(recorded, attribute)
  return (recorded:match('^%l') and terminals or terminal)(console.read(recorded), attribute)
end

function session.render(div, to)
  local _, path, recorded = recording(div, 'console')
  local body = on_page(recorded, 'data-record="' .. path .. '.console"')
  local where = state.form == 'page' and '<a href="#machine">' .. state.words.recording .. '</a>' or ''
  where = text.run_button(div.attributes.record) .. where
  where = where ~= '' and '\n<p class="where">' .. where .. '</p>' or ''
  return text.raw(table.concat({
    '<figure class="session" id="' .. to.id .. '">',
    caption.figure(to, caption.html(div.content, source.place_of(div))),
    body .. where, '</figure>'}, '\n'))
end

-- The text of a recording as a reader sees it, without the names of the terminals.
local function plain(recorded)
  local found = {}
  for _, block in ipairs(console.read(recorded)) do
    table.insert(found, (block.kind == '$' and '$ ' or '') .. console.plain(block.typed))
    for _, line in ipairs(block.lines) do table.insert(found, console.plain(line)) end
    if block.status then
      table.insert(found, block.status == 'waits' and state.words.waits or '[' .. block.status .. ']')
    end
  end
  return table.concat(found, '\n')
end

function session.search(div, to)
  local entry = entries.new('output', to.id, entries.title(to, entries.plain(div.content)))
  local recorded = plain(files.read(state.records .. '/' .. state.chapter .. '/' .. div.attributes.record ..
                                    '.console') or '')
  entries.add(entry, recorded, recorded)
end

function calls.render(div, to)
  local _, path, recorded = recording(div, state.lang .. '.calls')
  local html = caption.html(div.content, source.place_of(div))
  -- Each line is an element, so that the rest of a long line is indented; the name
  -- of the call and the spaces before it stay together.
  local lines = text.escape(recorded):gsub('[^\n]+', '<span>%0</span>'):gsub('<span>(  %w+%()', '<span><i>%1</i>')
  local body = '<pre data-record="' .. path .. '.' .. state.lang .. '.calls" tabindex="0"><code>' .. lines .. '</code></pre>'
  local reason = recorded:match('^# ([^\n]*)\n$')
  if reason then
    body = '<p class="missing">' .. state.words.missing .. ': <code>' .. text.escape(reason) .. '</code></p>'
  end
  if state.on_screen then
    return text.raw('<details class="calls" id="' .. to.id .. '">\n<summary>' .. html ..
                    '</summary>\n' .. body .. '\n</details>')
  end
  return text.raw('<figure class="calls" id="' .. to.id .. '">\n<figcaption>' .. html ..
                  '</figcaption>\n' .. body .. '\n</figure>')
end

function calls.search(div, to)
  local entry = entries.new('output', to.id, state.words.calls .. ': ' .. entries.plain(div.content))
  local recorded = files.read(state.records .. '/' .. state.chapter .. '/' .. div.attributes.record ..
                              '.' .. state.lang .. '.calls') or ''
  entries.add(entry, recorded, recorded)
end

return {session = session, calls = calls, recording = recording, on_page = on_page, plain = plain}
