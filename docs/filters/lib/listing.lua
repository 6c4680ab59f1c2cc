-- A program with its numbered notes.

local caption = require 'lib.caption'
local entries = require 'lib.entries'
local files = require 'lib.files'
local source = require 'lib.source'
local state = require 'lib.state'
local text = require 'lib.text'

local listing = {}

-- The anchors of a program, in order: {name, line}. An anchor is the word before
-- the colon at the beginning of a comment.
local function anchors(code, path)
  local found, seen, n = {}, {}, 0
  for line in code:gmatch('([^\n]*)\n') do
    n = n + 1
    local name = line:match('/%* (%l+): ')
    if name then
      if seen[name] then
        source.stop(path, n, 'the anchor "', name, '" is already in line ', seen[name],
                    '; give this one another name')
      end
      seen[name] = n
      table.insert(found, {name, n})
    end
  end
  return found
end

-- Report notes that do not match the anchors.
local function compare(notes, found, path, where)
  local noted, anchored = {}, {}
  for _, note in ipairs(notes) do noted[note[1]] = true end
  for _, anchor in ipairs(found) do
    anchored[anchor[1]] = true
    if not noted[anchor[1]] then
      source.fail(where, 'the anchor "', anchor[1], '" (', path, ':', anchor[2], ') has no note: write it in this listing')
    end
  end
  for i, note in ipairs(notes) do
    if not anchored[note[1]] then
      source.fail(where, 'the note "', note[1], '" has no anchor in ', path, ': write /* ', note[1],
                  ': ... */ there, or remove the note')
    elseif not found[i] or note[1] ~= found[i][1] then
      source.fail(where, 'the note "', note[1], '" is not in its place; write the notes in the ',
                  'order of their anchors in ', path)
    end
  end
end

-- The last line that the anchor in line n explains: the end of the first
-- statement after its comment, or of the head of a block; at most limit.
local function last_line(lines, n, limit)
  local last = n
  while last < limit and not lines[last]:find('*/', 1, true) do last = last + 1 end
  local function code(i) return (lines[i]:gsub('/%*.-%*/', ''):gsub('^.*%*/', ''):gsub('%s+$', '')) end
  while last < limit and not code(last):find('[;{}:]$') and not code(last):find('^#') and
        lines[last + 1] ~= '' do
    last = last + 1
  end
  return last
end

-- The functions of docs/scaffolding.c with their comments, as {[name] = text}.
local function scaffolding_functions()
  local functions = {}
  for part in (files.read('docs/scaffolding.c') .. '\n'):gmatch('(/%*.-\n}\n)\n') do
    functions[part:match('\nstatic [^\n]-([%w_]+)%(')] = part
  end
  return functions
end

-- The numbers of the lines of a program that are functions of docs/scaffolding.c,
-- as {number = true}. The page dims them. Stop if the program has a function with such a name,
-- or a comment that begins with "Scaffolding", and its text is not that of docs/scaffolding.c.
local function scaffolding(code, path)
  local functions, found, n = scaffolding_functions(), {}, 0
  for _, part in pairs(functions) do
    local at = ('\n' .. code):find('\n' .. part, 1, true)
    local first = at and select(2, code:sub(1, at - 1):gsub('\n', '')) + 1
    for i = first or 1, first and first + select(2, part:gsub('\n', '')) - 1 or 0 do found[i] = true end
  end
  for line in code:gmatch('([^\n]*)\n') do
    local wrong = line:find('/%*%s*Scaffolding')
    for name in pairs(functions) do
      wrong = wrong or line:find('^%f[%w_#]') and line:find('%f[%w_]' .. name .. '%f[^%w_]')
    end
    n = n + 1
    if wrong and not found[n] then
      source.stop(path, n, 'this differs from docs/scaffolding.c: copy that function, unchanged and only once')
    end
  end
  return found
end

-- The classes of tokens that have a colour in code.css: {class = the first class
-- of the same colour}.
local coloured
local function colour_of(class)
  if not coloured then
    coloured = {}
    for selectors in files.read('docs/theme/code.css'):gmatch('([^\n{}]*){') do
      local first
      for name in selectors:gmatch('%.sourceCode %.(%l%l)%f[^%l]') do
        first = first or name
        coloured[name] = first
      end
    end
  end
  return coloured[class]
end

-- The lines of a program as pandoc colours them, and the HTML before and after
-- them. pandoc takes 10 ms for a program, in sum a third of the time of a long page,
-- so its answer is kept. Spans without a colour are left out, neighbours of one colour
-- become one element, and elements are <i>: this saves some 100 KB of a long
-- chapter's page.
local function coloured_lines(code, id)
  local html = files.keep(id .. '\0' .. code, function()
    return pandoc.write(pandoc.Pandoc({pandoc.CodeBlock(code, {id, {'c'}, {}})}), 'html')
  end):gsub('%s+$', '')
  local before, inside, after = html:match('^(.*<code[^>]*>)(.*)(</code>.*)$')
  local lines = {}
  for line in (inside .. '\n'):gmatch('([^\n]*)\n') do
    line = line:match('^<span id="' .. id:gsub('%p', '%%%0') .. '%-' .. #lines + 1 ..
                      '"><a [^>]*></a>(.*)</span>$')
    assert(line, 'pandoc has changed how it marks lines')
    line = line:gsub('<span class="(%l+)">([^<]*)</span>', function(class, token)
      class = colour_of(class)
      return class and '<i class="' .. class .. '">' .. token .. '</i>' or token
    end)
    local joined
    repeat
      line, joined = line:gsub('<i class="(%l+)">([^<]*)</i><i class="%1">', '<i class="%1">%2')
    until joined == 0
    table.insert(lines, (line:gsub('&quot;', '"'):gsub('&#39;', "'")))
  end
  return before, lines, after
end

-- The program as HTML. Each line is a span with an id; the lines that an anchor
-- explains are in one span, with the number of the note.
local function program_html(program, code, path, found)
  local id = 'src-' .. program
  local before, lines, after = coloured_lines(code, id)
  local plain, noted_at = {}, {}
  for n in pairs(scaffolding(code, path)) do
    lines[n] = '<span class="scaffolding">' .. lines[n] .. '</span>'
  end
  for line in code:gmatch('([^\n]*)\n') do table.insert(plain, line) end
  for i, anchor in ipairs(found) do noted_at[anchor[2]] = i end
  for n, line in ipairs(lines) do
    if not noted_at[n] then lines[n] = '<span id="' .. id .. '-' .. n .. '">' .. line .. '</span>' end
  end
  for i, anchor in ipairs(found) do
    local n = anchor[2]
    local last = last_line(plain, n, found[i + 1] and found[i + 1][2] - 1 or #plain)
    lines[n] = string.format(
      '<span id="%s-%d" class="noted"><a class="ref" href="#note-%s-%s" data-note="%d" aria-label="%s %d"></a>',
      id, n, program, anchor[1], i, state.words.note, i) .. lines[n]
    lines[last] = lines[last] .. '</span>'
  end
  before = before:gsub('<pre%s', '<pre data-file="' .. path .. '" tabindex="0" ', 1)
  return before .. table.concat(lines, '\n') .. after
end

-- The notes as blocks. On screen a note is the <div> in an item that is as high
-- as the lines from its anchor to the next one: see book.css.
local function notes_blocks(program, notes, found)
  local blocks = pandoc.List()
  if #notes == 0 then return blocks end
  local words = state.words
  local begin = state.on_screen and '<li%s><div id="note-%s-%s">' or '<li%s id="note-%s-%s">'
  local from = state.on_screen and ' style="--lines:' .. found[1][2] - 1 .. '"' or ''
  blocks:insert(text.raw('<ol class="notes" aria-label="' .. words.note .. '"' .. from .. '>'))
  for i, note in ipairs(notes) do
    local n, following = found[i][2], found[i + 1]
    local to = state.on_screen and following and ' style="--lines:' .. following[2] - n .. '"' or ''
    blocks:insert(text.raw(string.format(begin, to, program, note[1])))
    local back = string.format('<a class="back" href="#src-%s-%d" aria-label="%d: %s %d">%d</a>',
                               program, n, i, words.line, n, i)
    local first = note[2][1]
    if state.form == 'print' and first and first.content and (first.t == 'Para' or first.t == 'Plain') then
      -- In the line, so that a PDF has the number before the text of the note.
      first.content:insert(1, text.rawi(back))
    else
      blocks:insert(text.raw(back))
    end
    blocks:extend(note[2])
    blocks:insert(text.raw(state.on_screen and '</div></li>' or '</li>'))
  end
  blocks:insert(text.raw('</ol>'))
  return blocks
end

-- The HTML of a program without notes, such as the skeleton of an exercise. The ids of
-- its lines begin with "src-" and id.
function listing.plain_html(id, code, path) return program_html(id, code, path, {}) end

function listing.render(div, to)
  local program, where, path, code = source.file_of(div, 'program', '', '.c')
  local notes = source.definitions(div, where)
  local found = anchors(code, path)
  compare(notes, found, path, where)

  local file = text.code(path)
  if state.form == 'page' then file = '<a href="../programs/' .. program .. '.c">' .. file .. '</a>' end
  local blocks = pandoc.List({text.raw(table.concat({
    '<figure class="listing" id="', to.id, '">\n', caption.figure(to, file), '\n',
    program_html(program, code, path, found), state.on_screen and '' or '\n</figure>'}))})
  blocks:extend(notes_blocks(program, notes, found))

  local compile = {}
  for name in (program .. ' ' .. (div.attributes.with or '')):gmatch('%S+') do
    table.insert(compile, 'cc ' .. name .. '.c -o ' .. name)
  end
  local arguments = div.attributes.args and ' ARGS="' .. div.attributes.args .. '"' or ''
  blocks:insert(text.raw(string.format(
    '<dl class="run"><dt>%s</dt><dd><code>make run-%s%s</code></dd><dt>%s</dt><dd><code>%s</code></dd></dl>',
    state.words.run, program, text.escape(arguments), state.words.alone,
    table.concat(compile, ' &amp;&amp; '))))
  if state.runnable then blocks:insert(text.raw(text.play(program))) end
  if state.on_screen then blocks:insert(text.raw('</figure>')) end
  return blocks
end

-- The ids of the notes.
function listing.places(div)
  local ids = {}
  for _, block in ipairs(div.content) do
    for _, item in ipairs(block.t == 'DefinitionList' and block.content or {}) do
      table.insert(ids, 'note-' .. tostring(div.attributes.program) .. '-' .. pandoc.utils.stringify(item[1]))
    end
  end
  return ids
end

function listing.search(div, to)
  local program = div.attributes.program
  local path = 'chapters/' .. state.chapter .. '/' .. program .. '.c'
  local entry = entries.new('listing', to.id, entries.title(to, path))
  local code = files.read(path) or ''
  entry.terms[program] = true
  entries.add(entry, code, code)
  entries.each_definition(div, function(_, blocks) entries.add_blocks(entry, blocks) end)
end

return listing
