-- Recordings: sessions on terminals, and the system calls of their programs.

local caption = require 'lib.caption'
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

-- A recording as HTML: commands, exit statuses and output.
local function console(recorded)
  local html = ('\n' .. text.escape(recorded)):gsub('\n%$ ([^\n]*)',
    '\n<span class="prompt">$ </span><span class="command">%1</span>')
  html = html:gsub('\n%[(%d+)%](\n?)', '\n<span class="status">[%1]</span>%2')
  return html:sub(2)
end

-- A session on several terminals as a list of {terminal, text}, and the names of
-- the terminals in their order. In text, \1 marks a typed line and \2 a command
-- that waits. See common/transcript.h for the form.
local function blocks_on_terminals(recorded)
  local blocks, names = {}, {}
  for line in recorded:gmatch('([^\n]*)\n') do
    local name, kind, rest = line:match('^(%l+)([$<:]) ?(.*)$')
    if kind == ':' and (rest ~= '' or not names[name]) then name = nil end
    if kind == '<' and not names[name] then name = nil end
    if name then
      if not names[name] then
        table.insert(names, name)
        names[name] = #names
      end
      local first = kind == ':' and '' or (kind == '$' and '$ ' or '\1') .. rest .. '\n'
      if #blocks > 0 and blocks[#blocks][1] == name then
        blocks[#blocks][2] = blocks[#blocks][2] .. first
      else
        table.insert(blocks, {name, first})
      end
    else
      local block = blocks[#blocks]
      if line == '{{waits}}' then line = '\2' end
      block[2] = block[2] .. line .. '\n'
    end
  end
  return blocks, names
end

-- Each terminal has a column, and each block a row of its own, in order of time.
local function terminals(recorded, attribute)
  local blocks, names = blocks_on_terminals(recorded)
  local out = {string.format('<div class="terminals of-%d" %s>', #names, attribute)}
  for i, name in ipairs(names) do
    table.insert(out, string.format(
      '<div class="screen at-%d" style="grid-row: 1 / span %d" aria-hidden="true">%s</div>',
      i, #blocks + 1, name))
  end
  for i, block in ipairs(blocks) do
    local html = console(block[2])
    html = html:gsub('\1([^\n]*)', '<span class="typed">%1</span>')
    html = html:gsub('\2', '<span class="waits">' .. state.words.waits .. '</span>')
    table.insert(out, string.format(
      '<div class="at-%d" style="grid-row: %d"><p class="who">%s</p><pre tabindex="0"><code>%s</code></pre></div>',
      names[block[1]], i + 1, block[1], html))
  end
  table.insert(out, '</div>')
  return table.concat(out, '\n')
end

-- A recording as an element with this attribute, which says what it shows.
local function on_page(recorded, attribute)
  return recorded:match('^%l+%$ ') and terminals(recorded, attribute) or
    '<pre ' .. attribute .. ' tabindex="0"><code>' .. console(recorded) .. '</code></pre>'
end

function session.render(div, to)
  local _, path, recorded = recording(div, 'console')
  local body = on_page(recorded, 'data-record="' .. path .. '.console"')
  local where = state.form == 'page' and
    '\n<p class="where"><a href="#machine">' .. state.words.recording .. '</a></p>' or ''
  return text.raw(table.concat({
    '<figure class="session" id="' .. to.id .. '">',
    caption.figure(to, caption.html(div.content, source.place_of(div))),
    body .. where, '</figure>'}, '\n'))
end

-- The text of a recording as a reader sees it: without the names of the terminals
-- before what was typed.
local function plain(recorded)
  local names = {}
  for name in recorded:match('^%l+%$ ') and ('\n' .. recorded):gmatch('\n(%l+)%$ ') or function() end do
    names[name] = true
  end
  return (('\n' .. recorded):gsub('\n(%l+)([$<:])([^\n]*)', function(name, kind, rest)
    if not names[name] or kind == ':' and rest ~= '' then return nil end
    return '\n' .. (kind == '$' and '$' or '') .. rest
  end):gsub('{{waits}}', state.words.waits))
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
  if state.form == 'page' or state.form == 'single' then
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
