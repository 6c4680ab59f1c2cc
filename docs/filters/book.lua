-- The pandoc filter that makes a page of a chapter: it puts in the programs,
-- the recorded sessions, the system calls and the function tables, ties notes
-- to lines, numbers what has a number, and makes links fit where they stand.
--
-- Metadata: language; chapter, the folder of the chapter (for a page of one
-- chapter) or nothing (for the whole book); chapters, as in book.md; form: page (HTML, one chapter), index (HTML, the first page),
-- print (one HTML for the PDF), single (one HTML to hand on) or epub; labels, a
-- file with the headings and the directives of all chapters; records, the
-- directory of the recordings; programs, the names of all (for print).
--
-- A mistake in a chapter ends the build with one line: FILE:LINE: what and why.

local words_of = dofile('docs/filters/words.lua')
local fault_table = dofile('docs/filters/faults.lua')
local words, lang, form, records
local whole            -- whether this form is the whole book in one
local chapters = {}

local chapter          -- the present chapter's folder
local source           -- its Markdown file
local number = 0       -- its number
local counts           -- of listings, sessions, figures, tables in it

-- Files -----------------------------------------------------------------------

local function read(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local text = file:read('a')
  file:close()
  return text
end

-- The line of the Markdown source with the directive or the title that has
-- this text, to its end, in it; with a dot before it, it is the class of a
-- directive without attributes. A list of texts is a directive that has all of
-- them, and no attribute more. 1 if there is none. With inside, only a
-- directive that does not begin its line counts.
local function line_of(where, inside)
  local parts = type(where) == 'table' and where or {(where:gsub('^%.', ''))}
  local attributes = type(where) == 'table' and #where - 1 or where:find('^%.') and 0
  local function has(line, part)
    local first, last = 0, 0
    repeat
      first, last = line:find(part, last + 1, true)
    until not first or not line:find('^[%w_.-]', last + 1)
    return first
  end
  local n = 0
  for line in (read(source) or ''):gmatch('([^\n]*)\n') do
    n = n + 1
    line = line:gsub('["\']', '')
    local found = (line:find(inside and '^[^:]+:::' or '^:::') or line:find('^#')) and
                  (not attributes or select(2, line:gsub('=', '')) == attributes)
    for _, part in ipairs(parts) do found = found and has(line, part) end
    if found then return n end
  end
  return 1
end

-- Where a directive is: all that stands between its braces.
local function place_of(div)
  local class = '.' .. div.classes[1]
  local parts = {class}
  for key, value in pairs(div.attributes) do table.insert(parts, key .. '=' .. value) end
  return parts[2] and parts or class
end

local function stop(path, line, ...)
  io.stderr:write(path, ':', line, ': ', table.concat({...}), '\n')
  os.exit(1)
end

local function fail(where, ...) stop(source, line_of(where), ...) end

-- The file of the chapter that a directive names by an attribute: the name, the
-- directive for messages, the path and the text.
local function file_of(div, key, what, folder, ending)
  local name = div.attributes[key]
  if not name then
    fail('.' .. div.classes[1], what, ' needs ', key, '=', key == 'src' and 'FILE' or 'NAME')
  end
  local where = key .. '=' .. name
  local path = 'chapters/' .. chapter .. '/' .. folder .. name .. ending
  local text = read(path)
  if not text then fail(where, 'there is no ', path) end
  return name, where, path, text
end

-- References ------------------------------------------------------------------

local labels      -- see below
local here        -- the section of the present place, a chapter or a ##

-- What each id is called, read from the file that the makefile makes of the
-- headings and the directives of all chapters: kind, number, page, section;
-- for a heading its text instead of kind and number.
local function read_labels()
  local kinds = {listing = 'listing', session = 'session', ['function'] = 'table',
                 figure = 'figure', course = 'figure', ends = 'figure'}
  local found, page, section, counted = {}
  for folder, text in read(labels):gmatch('chapters/([^/\n]+)/[^:\n]*:([^\n]*)') do
    if folder ~= page then
      page, section, counted = folder, nil, {listing = 0, session = 0, table = 0, figure = 0}
    end
    local marks, title, id = text:match('^(#+) (.*) {#([^}%s]+)')
    local class, rest = text:match('^:::+ *{%.(%l+)(.*)}')
    if id then
      if #marks < 3 then section = id end
      found[id] = {title = title, page = page, section = section}
    elseif class and kinds[class] then
      local kind = kinds[class]
      local function of(key)
        return rest:match('%f[%w]' .. key .. '="([^"]*)"') or
               rest:match('%f[%w]' .. key .. '=([^%s"}]*)') or ''
      end
      local run = of('run')
      run = (run == '' or run == '1') and '' or '-' .. run
      id = class == 'listing' and 'lst-' .. of('program') or
           class == 'session' and 'out-' .. of('record') or
           class == 'function' and 'fn-' .. of('name') or
           class == 'figure' and 'fig-' .. of('src'):gsub('%.svg$', '') or
           class == 'course' and 'course-' .. of('record') .. run or
           'ends-' .. of('record') .. run .. '-' .. of('at')
      counted[kind] = counted[kind] + 1
      for i, name in ipairs(chapters) do
        if name == page then
          found[id] = {kind = kind, number = i .. '.' .. counted[kind], page = page, section = section}
        end
      end
    end
  end
  return found
end

local known
local function label_of(id)
  known = known or read_labels()
  return known[id]
end

-- A link without a text says what it leads to: "Figure 1.2", or the title. On
-- paper one that leads out of its section says the page, too.
local function refer(el)
  local page, id = el.target:match('^([%w_-]*)%.?h?t?m?l?#([%w_-]+)$')
  if not id then page, id = el.target:match('^([%w_-]+)%.html$'), el.target:match('^([%w_-]+)%.html$') end
  local to = id and label_of(id)
  if #el.content == 0 then
    if not to or to.page ~= (page ~= '' and page or chapter) then
      local line = 1
      local text = read(source)
      local at = text:find('[](' .. el.target .. ')', 1, true)
      if at then line = select(2, text:sub(1, at):gsub('\n', '')) + 1 end
      stop(source, line, 'the link [](', el.target, ') leads to nothing that has a number or a title',
           to and '; this is in ' .. to.page .. '.html' or '')
    end
    if to.title then
      el.content = pandoc.read(to.title, 'markdown').blocks[1].content
    else
      el.content = {pandoc.Str(words[to.kind] .. '\u{a0}' .. to.number)}
    end
  end
  if form == 'print' and to and to.section ~= here then
    el.classes:insert('far')
    el.attributes['before'], el.attributes['after'] = words.onpage[1], words.onpage[2]
  end
  return el
end

-- Text ------------------------------------------------------------------------

local function escape(text)
  return (text:gsub('[&<>"]', {['&'] = '&amp;', ['<'] = '&lt;',
                               ['>'] = '&gt;', ['"'] = '&quot;'}))
end

local function raw(text) return pandoc.RawBlock('html', text) end
local function rawi(text) return pandoc.RawInline('html', text) end

-- WeasyPrint breaks Korean between any two syllables (it has no word-break:
-- keep-all); so on paper a word is a span that does not break.
local function keep_words(inlines)
  local out, word = pandoc.List(), pandoc.List()
  local function flush()
    local text = pandoc.utils.stringify(word)
    if #word > 0 and text:find('[\xEA-\xED]') and utf8.len(text) > 1 and utf8.len(text) <= 24 then
      out:insert(pandoc.Span(word, {class = 'word'}))
    else
      out:extend(word)
    end
    word = pandoc.List()
  end
  for _, inline in ipairs(inlines) do
    if inline.t == 'Str' or inline.t == 'Code' then
      word:insert(inline)
    else
      flush()
      out:insert(inline)
    end
  end
  flush()
  return out
end

-- A quotation with a particle behind it as text, so that its closing mark and the
-- particle are one word.
local function flatten(inlines)
  local flat = pandoc.List()
  for i, inline in ipairs(inlines) do
    local after = inlines[i + 1]
    if inline.t == 'Quoted' and after and after.t == 'Str' and after.text:find('^[\xEA-\xED]') then
      local double = inline.quotetype == 'DoubleQuote'
      flat:insert(pandoc.Str(double and '“' or '‘'))
      flat:extend(inline.content)
      inlines[i + 1] = pandoc.Str((double and '”' or '’') .. after.text)
    else
      flat:insert(inlines[i])
    end
  end
  return flat
end

-- Browsers break a line between a closing mark and the particle behind it; so the
-- mark and the syllable are a span. Behind code, book.css joins them.
local function keep_particles(inlines)
  local out = pandoc.List()
  for _, inline in ipairs(inlines) do
    local text = inline.t == 'Str' and inline.text or ''
    for _, mark in ipairs({'%)', '”', '’'}) do
      text = text:gsub('(' .. mark .. '[\xEA-\xED][\x80-\xBF][\x80-\xBF])', '\1%1\2')
    end
    if text:find('\1') then
      for before, both in (text .. '\1\2'):gmatch('([^\1]*)\1([^\2]*)\2') do
        if before ~= '' then out:insert(pandoc.Str(before)) end
        if both ~= '' then out:insert(pandoc.Span({pandoc.Str(both)}, {class = 'joined'})) end
      end
    else
      out:insert(inline)
    end
  end
  return out
end

-- The text and not the metadata, which goes into attributes, too.
local function in_korean(doc)
  if lang ~= 'ko' then return doc end
  local keep = form == 'print' and keep_words or keep_particles
  local blocks = pandoc.Pandoc(doc.blocks):walk({Inlines = flatten}):walk({Inlines = keep}).blocks
  return pandoc.Pandoc(blocks, doc.meta)
end

local function to_html(blocks)
  local html = pandoc.write(in_korean(pandoc.Pandoc(blocks)), 'html')
  return (html:gsub('%s+$', ''))
end

-- The inlines of a block of one paragraph, as HTML; '' if there is none.
local function caption_html(blocks, where)
  if not blocks[1] then return '' end
  if blocks[1].t ~= 'Para' then
    fail(where, 'a caption is a paragraph, not a ', blocks[1].t)
  end
  if blocks[2] then fail(where, 'a caption is one paragraph, and no more') end
  return to_html({pandoc.Plain(blocks[1].content)})
end

local function label(kind)
  counts[kind] = counts[kind] + 1
  return string.format('<span class="label">%s %d.%d</span>',
                       words[kind], number, counts[kind])
end

-- On a page a caption, as a heading, has a link to its own place.
local function permalink(id)
  if form ~= 'page' then return '' end
  return string.format(' <a class="here" href="#%s" aria-label="%s">#</a>', id, words.permalink)
end

local function figcaption(kind, html, id)
  local space = html ~= '' and ' ' or ''
  return '<figcaption>' .. label(kind) .. space .. html .. permalink(id) .. '</figcaption>'
end

-- Definition lists as {term, blocks} in their order.
local function definitions(div, where)
  local list = {}
  for _, block in ipairs(div.content) do
    if block.t ~= 'DefinitionList' then
      fail(where, 'only terms with their notes may stand here, not a ', block.t)
    end
    for _, item in ipairs(block.content) do
      local blocks = pandoc.List()
      for _, part in ipairs(item[2]) do blocks:extend(part) end
      table.insert(list, {pandoc.utils.stringify(item[1]), blocks})
    end
  end
  return list
end

-- Listings --------------------------------------------------------------------

-- The anchors of a program, in order: {name, line}. An anchor is the word
-- before the colon at the beginning of a comment.
local function anchors(text, path)
  local found, seen, n = {}, {}, 0
  for line in text:gmatch('([^\n]*)\n') do
    n = n + 1
    local name = line:match('/%* (%l+): ')
    if name then
      if seen[name] then
        stop(path, n, 'the anchor "', name, '" is there already, in line ', seen[name])
      end
      seen[name] = n
      table.insert(found, {name, n})
    end
  end
  return found
end

-- The last line of what the anchor in line n explains: behind its comment the
-- first statement, or the head of a block; no more than to the line limit.
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

-- The classes of tokens that code.css has a colour for, each with the first one
-- of the same colour.
local coloured
local function colour_of(class)
  if not coloured then
    coloured = {}
    for selectors in read('docs/theme/code.css'):gmatch('([^\n{}]*){') do
      local first
      for name in selectors:gmatch('%.sourceCode %.(%l%l)%f[^%l]') do
        first = first or name
        coloured[name] = first
      end
    end
  end
  return coloured[class]
end

-- The lines of a program as pandoc colours them, less what nobody sees: spans
-- without a colour, and the border between two of one colour. Some 100 KB of
-- the page of a long chapter are such spans; and the others are shorter as <i>.
local function coloured_lines(text, id)
  local code = to_html({pandoc.CodeBlock(text, {id, {'c'}, {}})})
  local before, inside, after = code:match('^(.*<code[^>]*>)(.*)(</code>.*)$')
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

local function listing(div)
  local program, where, path, text = file_of(div, 'program', 'a listing', '', '.c')

  local notes = definitions(div, where)
  local found = anchors(text, path)
  local noted, anchored = {}, {}
  for _, note in ipairs(notes) do noted[note[1]] = true end
  for _, anchor in ipairs(found) do
    anchored[anchor[1]] = true
    if not noted[anchor[1]] then
      fail(where, 'the anchor "', anchor[1], '" (', path, ':', anchor[2], ') has no note')
    end
  end
  for i, note in ipairs(notes) do
    if not anchored[note[1]] then
      fail(where, 'the note "', note[1], '" has no anchor in ', path)
    elseif not found[i] or note[1] ~= found[i][1] then
      fail(where, 'the note "', note[1], '" is not in its place; notes stand in the order of ',
           'their anchors in ', path)
    end
  end

  -- Each line is a span with an id; what an anchor explains is one around them,
  -- with the number of the note.
  local id = 'src-' .. program
  local before, code, after = coloured_lines(text, id)
  local source_lines = {}
  for line in text:gmatch('([^\n]*)\n') do table.insert(source_lines, line) end
  local noted_at = {}
  for i, anchor in ipairs(found) do noted_at[anchor[2]] = i end
  for n, line in ipairs(code) do
    if not noted_at[n] then code[n] = '<span id="' .. id .. '-' .. n .. '">' .. line .. '</span>' end
  end
  for i, anchor in ipairs(found) do
    local n = anchor[2]
    local last = last_line(source_lines, n, found[i + 1] and found[i + 1][2] - 1 or #source_lines)
    code[n] = string.format(
      '<span id="%s-%d" class="noted"><a class="ref" href="#note-%s-%s" data-note="%d" aria-label="%s %d"></a>',
      id, n, program, anchor[1], i, words.note, i) .. code[n]
    code[last] = code[last] .. '</span>'
  end
  before = before:gsub('<pre%s', '<pre data-file="' .. path .. '" tabindex="0" ', 1)

  -- On a page the notes stand beside the code: see book.css.
  local page = form == 'page' or form == 'single'
  local file = '<code>' .. path .. '</code>'
  if form == 'page' then file = '<a href="../programs/' .. program .. '.c">' .. file .. '</a>' end
  local blocks = pandoc.List({raw(table.concat({
    '<figure class="listing" id="lst-' .. program .. '">\n',
    figcaption('listing', file, 'lst-' .. program), '\n',
    before, table.concat(code, '\n'), after, page and '' or '\n</figure>'}))})

  -- There a note is the <div> in an item, which is as high as its lines.
  local note_begin = page and '<li%s><div id="note-%s-%s">' or '<li%s id="note-%s-%s">'
  if #notes > 0 then
    local from = page and ' style="--lines:' .. found[1][2] - 1 .. '"' or ''
    blocks:insert(raw('<ol class="notes" aria-label="' .. words.note .. '"' .. from .. '>'))
    for i, note in ipairs(notes) do
      local n, following = found[i][2], found[i + 1]
      local to = page and following and ' style="--lines:' .. following[2] - n .. '"' or ''
      blocks:insert(raw(string.format(
        note_begin .. '<a class="back" href="#%s-%d" aria-label="%d: %s %d">%d</a>',
        to, program, note[1], id, n, i, words.line, n, i)))
      blocks:extend(note[2])
      blocks:insert(raw(page and '</div></li>' or '</li>'))
    end
    blocks:insert(raw('</ol>'))
  end

  local compile = {}
  for name in (program .. ' ' .. (div.attributes.with or '')):gmatch('%S+') do
    table.insert(compile, 'cc ' .. name .. '.c -o ' .. name)
  end
  local arguments = div.attributes.args and ' ARGS="' .. div.attributes.args .. '"' or ''
  blocks:insert(raw(string.format(
    '<dl class="run"><dt>%s</dt><dd><code>make run-%s%s</code></dd><dt>%s</dt><dd><code>%s</code></dd></dl>',
    words.run, program, escape(arguments), words.alone, table.concat(compile, ' &amp;&amp; '))))
  if page then blocks:insert(raw('</figure>')) end
  return blocks
end

-- Recordings ------------------------------------------------------------------

-- The chapter that a recording belongs to: this one, if it has it.
local function recording(div, ending)
  local name, class = div.attributes.record, div.classes[1]
  if not name then fail(place_of(div), 'the directive "', class, '" needs record=NAME') end
  local path = chapter .. '/' .. name
  local text = read(records .. '/' .. path .. '.' .. ending)
  if not text then
    fail(place_of(div), 'there is no recording ', path,
         '; its transcript would be chapters/', path, '.console')
  end
  return name, path, text
end

-- What was typed and what came out, as HTML.
local function console(text)
  local html = ('\n' .. escape(text)):gsub('\n%$ ([^\n]*)',
    '\n<span class="prompt">$ </span><span class="command">%1</span>')
  html = html:gsub('\n%[(%d+)%](\n?)', '\n<span class="status">[%1]</span>%2')
  return html:sub(2)
end

-- A session on several terminals as a list of {terminal, text}, and the names of
-- the terminals in their order. See common/transcript.h for the form.
local function blocks_on_terminals(text)
  local blocks, names = {}, {}
  for line in text:gmatch('([^\n]*)\n') do
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

-- Each terminal has a column, and what happened later stands below.
local function terminals(text, path)
  local blocks, names = blocks_on_terminals(text)
  local out = {string.format('<div class="terminals of-%d" data-record="%s.console">', #names, path)}
  for i, name in ipairs(names) do
    table.insert(out, string.format(
      '<div class="screen at-%d" style="grid-row: 1 / span %d" aria-hidden="true">%s</div>',
      i, #blocks + 1, name))
  end
  for i, block in ipairs(blocks) do
    local html = console(block[2])
    html = html:gsub('\1([^\n]*)', '<span class="typed">%1</span>')
    html = html:gsub('\2', '<span class="waits">' .. words.waits .. '</span>')
    table.insert(out, string.format(
      '<div class="at-%d" style="grid-row: %d"><p class="who">%s</p><pre tabindex="0"><code>%s</code></pre></div>',
      names[block[1]], i + 1, block[1], html))
  end
  table.insert(out, '</div>')
  return table.concat(out, '\n')
end

local function session(div)
  local name, path, text = recording(div, 'console')
  local body = text:match('^%l+%$ ') and terminals(text, path) or
    '<pre data-record="' .. path .. '.console" tabindex="0"><code>' .. console(text) .. '</code></pre>'
  local where = form == 'page' and
    '\n<p class="where"><a href="#machine">' .. words.recording .. '</a></p>' or ''
  return raw(table.concat({
    '<figure class="session" id="out-' .. name .. '">',
    figcaption('session', caption_html(div.content, place_of(div)), 'out-' .. name),
    body .. where, '</figure>'}, '\n'))
end

local function calls(div)
  local name, path, text = recording(div, lang .. '.calls')
  path = path .. '.' .. lang
  local caption = caption_html(div.content, place_of(div))
  -- Each line is an element, so that a long one goes on below its own beginning;
  -- the name of the call stays with the spaces before it.
  local lines = escape(text):gsub('[^\n]+', '<span>%0</span>'):gsub('<span>(  %w+%()', '<span><i>%1</i>')
  local body = '<pre data-record="' .. path .. '.calls" tabindex="0"><code>' .. lines .. '</code></pre>'
  local reason = text:match('^# ([^\n]*)\n$')
  if reason then
    body = '<p class="missing">' .. words.missing .. ': <code>' .. escape(reason) .. '</code></p>'
  end
  if form == 'page' or form == 'single' then
    return raw('<details class="calls" id="calls-' .. name .. '">\n<summary>' .. caption ..
               '</summary>\n' .. body .. '\n</details>')
  end
  return raw('<figure class="calls" id="calls-' .. name .. '">\n<figcaption>' .. caption ..
             '</figcaption>\n' .. body .. '\n</figure>')
end

-- Pictures --------------------------------------------------------------------

-- The picture of a recording that a directive asks for: its SVG, and the same in
-- words: a list of {place, lane, call, meaning}.
local function picture(div, name)
  local record, path, text = recording(div, lang .. '.pictures')
  if text:match('^# ') then return record, nil, text:match('^# ([^\n]*)') end
  local section = ('\n' .. text .. '== '):match(
    '\n== ' .. name:gsub('%p', '%%%0') .. '\n(.-\n)== ')
  if not section then
    local names = {}
    for other in ('\n' .. text):gmatch('\n== ([^\n]*)') do table.insert(names, other) end
    fail(place_of(div), 'the recording ', path, ' has no picture "', name, '", but: ',
         table.concat(names, ' '))
  end
  local svg, words_part = section:match('^(.*</svg>)\n(.*)$')
  local rows = {}
  for place, lane, call, meaning in words_part:gmatch('([^\t\n]*)\t([^\t\n]*)\t([^\t\n]*)\t([^\n]*)') do
    local program = place:match('^(.*):%d+$')
    if program and not read('chapters/' .. chapter .. '/' .. program .. '.c') then
      fail(place_of(div), 'the picture "', name, '" leads to ', program,
           '.c, and this chapter has no such program')
    end
    table.insert(rows, {place = place, lane = lane, call = call, meaning = meaning})
  end
  return record, svg, rows
end

-- The same story in words, a list for each turn of a process.
local function in_words(rows)
  local out = {'<details class="words"><summary>' .. words.inwords .. '</summary>\n<ol>'}
  for i, row in ipairs(rows) do
    if i == 1 or row.lane ~= rows[i - 1].lane then
      table.insert(out, (i > 1 and '</ul></li>\n' or '') .. '<li>' .. escape(row.lane) .. '<ul>')
    end
    local call = '<code>' .. escape(row.call) .. '</code>'
    local program, line = row.place:match('^(.*):(%d+)$')
    if program then call = '<a href="#src-' .. program .. '-' .. line .. '">' .. call .. '</a>' end
    table.insert(out, '<li>' .. call .. (row.meaning ~= '' and ' ' .. escape(row.meaning) or '') .. '</li>')
  end
  table.insert(out, '</ul></li>\n</ol></details>')
  return table.concat(out)
end

-- On paper a picture has a size, and its colours are attributes, for WeasyPrint
-- gives no style sheet to an SVG.
local paper_rules
local function style_of(class)
  if not paper_rules then
    paper_rules = {}
    local css = read('docs/theme/figures.css'):gsub('/%*.-%*/', ''):gsub('@media.*', '')
    for selectors, rules in css:gmatch('([^{}]+){([^}]*)}') do
      for selector in selectors:gmatch('[^,]+') do
        local name = selector:match('[%w-]+%s*$'):gsub('%s', '')
        paper_rules[name] = (paper_rules[name] or '') .. rules
      end
    end
  end
  return paper_rules[class] or ''
end

local function on_paper(svg)
  local width, height = svg:match('viewBox="0 0 ([%d.]+) ([%d.]+)"')
  local scale = math.min(0.18, 165 / width, 180 / height)
  svg = svg:gsub(' width="[%d.]+" height="[%d.]+">',
                 string.format(' width="%.4gmm" height="%.4gmm">', width * scale, height * scale), 1)
  svg = svg:gsub('<(%w+) class="([%w ]+)"', function(element, classes)
    local style = style_of(element)
    for class in classes:gmatch('%w+') do style = style .. style_of(class) end
    return '<' .. element .. ' style="' .. escape(style) .. '"'
  end)
  return svg
end

-- The course of a run has many marks of a kind; on a page, those of one class are
-- one path. Dots are round ends of lines of no length, above what they stand on.
local function joined(svg)
  svg = svg:gsub('<circle class="dot" cx="([%d.]+)" cy="([%d.]+)" r="4"/>',
                 '<path class="dots" d="M%1 %2h0"/>')
  for _, class in ipairs({'lead', 'link', 'flow', 'birth', 'head', 'head kin', 'dots'}) do
    local begin, all, last = '<path class="' .. class .. '" d="', {}, 0
    svg = svg:gsub(begin .. '([^"]*)"/>\n?', function(d)
      table.insert(all, d)
      return '\1'
    end)
    svg = svg:gsub('\1', function()
      last = last + 1
      return last == #all and begin .. table.concat(all) .. '"/>\n' or ''
    end)
  end
  return svg
end

local function drawn(div, name, id)
  local record, svg, rows = picture(div, name)
  local caption = figcaption('figure', caption_html(div.content, place_of(div)), id)
  local body
  if not svg then
    body = '<p class="missing">' .. words.nopicture .. ': <code>' .. escape(rows) .. '</code></p>'
  elseif form == 'print' then
    body = on_paper(svg:gsub('</?a[^>]*>', ''))
  else
    -- On an e-reader the links in words have to do: each in a picture would
    -- need a title.
    if form == 'epub' then svg = svg:gsub('</?a[^>]*>', '') end
    if form == 'page' and svg:find('class="course"', 1, true) then svg = joined(svg) end
    body = svg:gsub('<svg ', '<svg aria-hidden="true" focusable="false" ', 1) .. '\n' .. in_words(rows)
  end
  return raw('<figure class="picture" id="' .. id .. '">\n' .. body .. '\n' .. caption .. '\n</figure>')
end

-- Which run of a recording a picture is of: "" for the first, "-2", "-all".
local function run_of(div)
  local run = div.attributes.run or '1'
  if run ~= 'all' and not run:match('^%d+$') then
    fail(place_of(div), 'run= is a number or "all", not "', run, '"')
  end
  return run == '1' and '' or '-' .. run
end

local function course(div)
  local run = run_of(div)
  return drawn(div, run == '-all' and 'whole' or 'course' .. run,
               'course-' .. tostring(div.attributes.record) .. run)
end

local function ends(div)
  local run, at = run_of(div), div.attributes.at
  if not at then fail(place_of(div), 'a picture of the ends needs at=MOMENT') end
  return drawn(div, 'ends' .. run .. '-' .. at,
               'ends-' .. tostring(div.attributes.record) .. run .. '-' .. at)
end

-- Function tables -------------------------------------------------------------

-- What a declaration says: header, prototype, parameters, flags, errors.
local function declaration(path, text)
  local d = {header = text:match('#include (<[^>]+>)'), parameters = {}, flags = {}, errors = {}}
  d.prototype = text:match('\n(%l[^;#]*%));\n') or text:match('\n(%u+ %*[^;#]*%));\n')
  local list = d.prototype and d.prototype:match('%((.*)%)$')
  if not d.header or not list then
    stop(path, 1, 'no #include <...> and prototype')
  end
  for parameter in (list .. ','):gmatch('([^,]*),') do
    local name = parameter:match('([%a_][%w_]*)[%[%]%d]*%s*$')
    if name ~= 'void' then table.insert(d.parameters, name) end
  end
  for name, relation, value in text:gmatch('_Static_assert%(([%w_]+) ([=>]+) ([%w]+)') do
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

local function function_table(div)
  local name, where, path, text = file_of(div, 'name', 'a function table', 'functions/', '.h')
  local d = declaration(path, text)
  local terms = definitions(div, where)
  local at = 1

  -- Take the next term, which has to be this one.
  local function take(expected, what)
    local term = terms[at]
    if not term or term[1] ~= expected then
      fail(where, what, ' "', expected, '" of ', path, ' has no text here',
           term and ('; "' .. term[1] .. '" stands in its place') or '')
    end
    at = at + 1
    return term[2]
  end
  local function item(term, value, blocks)
    if #blocks == 1 and blocks[1].t == 'Para' then
      blocks = {pandoc.Plain(blocks[1].content)}
    end
    return '<dt><code>' .. escape(term) .. '</code>' .. value .. '</dt><dd>' ..
           to_html(blocks) .. '</dd>'
  end
  local rows = {
    row(words.header, '<code>#include ' .. escape(d.header) .. '</code>'),
    row(words.prototype, '<code>' .. escape(d.prototype) .. ';</code>'),
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
  table.insert(rows, row(words.returns, to_html(take('return', 'the entry'))))
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
  for _, code in ipairs(d.errors) do
    table.insert(items, item(code, '', take(code, 'the error')))
  end
  list(words.errors, items)
  if terms[at] then
    fail(where, '"', terms[at][1], '" is not in ', path)
  end
  return raw('<figure class="function" id="fn-' .. name .. '">\n' ..
             figcaption('table', '<code>' .. name .. '()</code>', 'fn-' .. name) ..
             '\n<table>\n<tbody>\n' .. table.concat(rows, '\n') ..
             '\n</tbody>\n</table>\n</figure>')
end

local blocks_of -- below; boxes hold blocks of any kind

-- The table of faults ---------------------------------------------------------

local function faults()
  local made, line, why = fault_table(read('docs/faults.tsv'), words)
  if not made then stop('docs/faults.tsv', line, why) end
  return blocks_of(made)
end

-- Figures and boxes -----------------------------------------------------------

local function figure(div)
  local src, where, path, svg = file_of(div, 'src', 'a figure', 'figures/', '')
  if #div.content ~= 2 then
    fail(where, 'a figure has two paragraphs: its caption and its text alternative')
  end
  local width, height = svg:match('viewBox="0 0 (%d+) (%d+)"')
  local url = path
  if form == 'page' then url = '../figures/' .. chapter .. '/' .. src end
  if form == 'single' then
    url = 'data:image/svg+xml,' .. svg:gsub('[^%w]', function(c) return ('%%%02X'):format(c:byte()) end)
  end
  local id = 'fig-' .. src:gsub('%.svg$', '')
  return raw(string.format(
    '<figure class="drawing" id="%s">\n<img src="%s" width="%s" height="%s" alt="%s" />\n%s\n</figure>',
    id, url, width or '', height or '',
    escape(pandoc.utils.stringify(div.content[2])),
    figcaption('figure', caption_html({div.content[1]}, where), id)))
end


local function box(div, kind)
  local blocks = pandoc.List({raw('<aside class="box ' .. kind .. '" role="note">\n<p class="box-title">' ..
                                  words[kind] .. '</p>')})
  blocks:extend(blocks_of(div.content))
  blocks:insert(raw('</aside>'))
  return blocks
end

-- Headings and links ----------------------------------------------------------

-- A chapter's title with its number.
local function titled(n, inlines)
  local numbered = pandoc.List({rawi('<span class="number">' .. n .. '</span> ')})
  numbered:extend(inlines)
  return numbered
end

local contents = {} -- of this page: {level, id, inlines}

local function heading(header)
  local id = header.identifier
  if header.level == 1 and form ~= 'index' and id ~= 'terms' then
    number = number + 1
    for i, name in ipairs(chapters) do
      if name == id then chapter, number = name, i end
    end
    if chapter ~= id then
      fail('{#' .. id .. '}', 'the title of a chapter has the id of its folder, one of: ',
           table.concat(chapters, ' '))
    end
    source = 'chapters/' .. chapter .. '/' .. lang .. '.md'
    counts = {listing = 0, session = 0, figure = 0, table = 0}
    header.content = titled(number, header.content)
  end
  if header.level < 3 then here = id end
  table.insert(contents, {header.level, id, header.content:clone()})
  if form == 'page' and header.level > 1 then
    local link = string.format(
      ' <a class="here" href="#%s" aria-label="%s">#</a><a class="there" href="../%s/%s.html#%s" hreflang="%s" lang="%s" title="%s">%s</a>',
      id, words.permalink, words.otherlang, chapter, id, words.otherlang, words.otherlang,
      words.same, words.other)
    header.content:insert(rawi(link))
  end
  return header
end

-- Where a link leads in this form of the book.
local function link(el)
  local page, id = el.target:match('^([%w_-]+)%.html#?([%w_-]*)$')
  if page and whole then
    el.target = '#' .. (id ~= '' and id or page)
  end
  return el
end

-- Blocks in their order -------------------------------------------------------

local directives = {
  listing = listing, session = session, calls = calls,
  ['function'] = function_table, figure = figure, course = course, ends = ends,
  faults = faults,
}

-- The ids of lines that no link of the page leads to are left out.
local function without_idle_ids(blocks)
  local linked = {}
  local doc = pandoc.Pandoc(blocks)
  doc:walk({
    RawBlock = function(el)
      for target in el.text:gmatch('href="#(src%-[^"]*)"') do linked[target] = true end
    end,
    Link = function(el) linked[el.target:gsub('^#', '')] = true end,
  })
  return doc:walk({RawBlock = function(el)
    el.text = el.text:gsub('<span id="(src%-[%w_-]+)">([^\n]*)</span>%f[\n<]', function(id, line)
      return not linked[id] and line or nil
    end)
    return el
  end}).blocks
end

-- The part of book.md in this language; where it is one chapter among others,
-- it has a title.
local function preface(div)
  local blocks = pandoc.List()
  if form ~= 'index' then
    local title = pandoc.List({pandoc.Str(words.preface)})
    table.insert(contents, {1, 'preface', title})
    blocks:insert(pandoc.Header(1, title, {id = 'preface'}))
  end
  blocks:extend(blocks_of(div.content))
  return blocks
end

function blocks_of(blocks)
  local out = pandoc.List()
  for _, block in ipairs(blocks) do
    if block.t ~= 'Header' then block = block:walk({Link = refer}) end
    local made = block
    if block.t == 'Header' then
      made = heading(block)
    elseif block.t == 'Table' then
      -- As wide as its text wants, not as its source is drawn.
      for _, spec in ipairs(block.colspecs) do spec[2] = nil end
      -- On a phone it scrolls, by keys, too.
      if form == 'page' or form == 'single' then block.attributes.tabindex = '0' end
    elseif block.t == 'Div' then
      local class = block.classes[1]
      if directives[class] then
        made = directives[class](block)
      elseif class == 'pitfall' or class == 'correction' or class == 'try' then
        made = box(block, class)
      elseif block.attributes.lang then
        if not words_of[block.attributes.lang] then
          fail('lang=' .. block.attributes.lang, 'the book has no language "',
               block.attributes.lang, '"')
        end
        made = block.attributes.lang == lang and preface(block) or {}
      else
        fail(tostring(class or ':::'), 'unknown directive "', tostring(class), '"')
      end
    end
    if made.t then out:insert(made) else out:extend(made) end
  end
  return out
end

-- A directive in a list, a quotation or a note, where nobody looks for it.
local function misplaced(div)
  local class = tostring(div.classes[1])
  local where = '.' .. class
  for _, key in ipairs({'program', 'record', 'name', 'src', 'lang'}) do
    if div.attributes[key] then where = key .. '=' .. div.attributes[key] end
  end
  stop(source, line_of(where, true), 'the directive "', class, '" stands inside of something else, where it has no effect')
end

-- A nested list of links to headings: {level, id or URL, inlines}.
local function link_list(entries, from, base, here)
  local html, depth = {}, from - 1
  for _, entry in ipairs(entries) do
    local level = entry[1]
    if level >= from then
      while depth < level do
        table.insert(html, '<ul>')
        depth = depth + 1
        if depth < level then table.insert(html, '<li>') end
      end
      while depth > level do
        table.insert(html, '</li></ul>')
        depth = depth - 1
        if depth == level then table.insert(html, '</li>') end
      end
      if html[#html] ~= '<ul>' and html[#html] ~= '</li>' then table.insert(html, '</li>') end
      local present = here and entry[2] == here .. '.html' and ' aria-current="page"' or ''
      table.insert(html, '<li><a href="' .. base .. entry[2] .. '"' .. present .. '>' ..
                         to_html({pandoc.Plain(entry[3])}) .. '</a>')
    end
  end
  while depth >= from do
    table.insert(html, '</li></ul>')
    depth = depth - 1
  end
  return raw(table.concat(html))
end

-- The headings of all chapters, or only their titles, from the file that the
-- makefile made of them.
local function all_headings(path, all)
  local list = {}
  for line in (read(path) or ''):gmatch('([^\n]*)\n') do
    local folder, text = line:match('^chapters/([^/]+)/[^:]*:(#.*)$')
    if text and not all and text:find('^##') then text = nil end
    local block = pandoc.read(text or '', 'markdown').blocks[1]
    if block and block.t == 'Header' then
      local url = folder .. '.html' .. (block.level > 1 and '#' .. block.identifier or '')
      local title = block.content
      for i, name in ipairs(chapters) do
        if block.level == 1 and name == folder then title = titled(i, title) end
      end
      table.insert(list, {block.level, url, title, folder})
    end
  end
  table.insert(list, {1, 'terms.html', pandoc.List({pandoc.Str(words.terms)}), 'terms'})
  return list
end

-- The index of terms at the end of the paper. Each place where a term stands is
-- a link without a text; docs/tools/paper makes page numbers of these. What is
-- code gets an id: each piece of it in a text or a table, each line of a listing.
local function index_of_terms(blocks, programs, title)
  local terms = dofile('docs/filters/terms.lua')
  local ours, places, names, n = {}, {}, {}, 0
  for name in (programs or ''):gmatch('%S+') do ours[name] = true end

  -- The terms of a piece of code with this id, each once in a block; the id is
  -- made if there is none. The id, if it is of use.
  local seen
  local function note(code, id)
    for _, name in ipairs(terms.of(code, ours)) do
      if not places[name] then
        places[name] = {}
        table.insert(names, name)
      end
      if not seen[name] then
        if not id then
          n = n + 1
          id = 'term-' .. n
        end
        seen[name] = true
        table.insert(places[name], id)
      end
    end
    return id
  end
  local function text_of(html)
    return (html:gsub('<[^>]*>', ''):gsub('&(%l+);', {lt = '<', gt = '>', quot = '"', amp = '&'}))
  end

  for i, block in ipairs(blocks) do
    seen = {}
    if block.t ~= 'RawBlock' then
      blocks[i] = block:walk({Code = function(el)
        local id = note(el.text)
        return pandoc.Code(el.text, id and {id = id} or el.attr)
      end})
    elseif block.text:find('^<figure class="listing"') then
      for line in block.text:gmatch('[^\n]+') do
        local id = line:match('<span id="(src%-[^"]*)"')
        if id then note(text_of(line), id) end
      end
    elseif block.text:find('^<figure class="function"') then
      -- The table itself is where to look first.
      local id = block.text:match('id="([^"]*)"')
      note(id:sub(4) .. '()', id)
      places[id:sub(4) .. '()'].main = id
      block.text = block.text:gsub('<code>([^<]*)</code>', function(code)
        local own = note(text_of(code))
        return own and '<code id="' .. own .. '">' .. code .. '</code>'
      end)
    elseif block.text:find('^<figure class="session"') then
      note(text_of(block.text), block.text:match('id="([^"]*)"'))
    end
  end

  local html = {'<section class="terms">', '<h1 id="terms" title="' .. escape(title) .. '">' .. words.terms .. '</h1>'}
  table.insert(contents, {1, 'terms', pandoc.List({pandoc.Str(words.terms)})})
  table.sort(names, terms.before)
  for _, group in ipairs(terms.groups) do
    table.insert(html, '<h2>' .. words[group] .. '</h2>\n<ul>')
    for _, name in ipairs(names) do
      if terms.group(name) == group and #places[name] > 0 then
        local links = {}
        for _, id in ipairs(places[name]) do
          table.insert(links, '<a href="#' .. id .. '"' ..
                       (id == places[name].main and ' class="main"' or '') .. '></a>')
        end
        table.insert(html, '<li><code>' .. name .. '</code> ' .. table.concat(links) .. '</li>')
      end
    end
    table.insert(html, '</ul>')
  end
  table.insert(html, '</section>')
  return {raw(table.concat(html, '\n'))}
end

local function page_meta(meta)
  local list = all_headings(labels, form == 'index')
  local titles = {}
  for _, entry in ipairs(list) do
    if entry[1] == 1 then titles[entry[4]] = entry end
  end
  meta.home = form == 'page' or nil
  local pages = {table.unpack(chapters)}
  table.insert(pages, 'terms')
  for i, name in ipairs(pages) do
    if name == chapter then
      local before, after = pages[i - 1], pages[i + 1]
      if before then
        meta.previous = {url = before .. '.html', title = pandoc.MetaInlines(titles[before][3])}
      else
        meta.previous = {url = 'index.html', title = words.contents}
      end
      if after then
        meta.next = {url = after .. '.html', title = pandoc.MetaInlines(titles[after][3])}
      end
    end
  end
  if form == 'index' then
    meta.contents = pandoc.MetaBlocks({link_list(list, 1, '')})
    local first = chapters[1]
    meta.next = {url = first .. '.html', title = pandoc.MetaInlines(titles[first][3])}
  else
    local nav = {}
    for _, entry in ipairs(list) do
      if entry[1] == 1 then
        table.insert(nav, entry)
        if entry[4] == chapter then
          for _, own in ipairs(contents) do
            if own[1] > 1 then table.insert(nav, {own[1], '#' .. own[2], own[3]}) end
          end
        end
      end
    end
    meta.contents = pandoc.MetaBlocks({link_list(nav, 1, '', chapter)})
  end
end

-- With what the outputs were recorded, as the makefile says it.
local function machine()
  local text = read('build/work/machine')
  local date = tonumber(read('build/work/date') or '')
  return text and date and string.format(words.machine, os.date('!%Y-%m-%d', date),
                                         escape(text:gsub('%s+$', '')))
end

-- The words that a template needs.
local function say(meta)
  for _, key in ipairs({'other', 'otherlang', 'skip', 'pdf', 'epub', 'single', 'keywords',
                        'accessible', 'theme', 'system', 'light', 'dark', 'copy', 'copied',
                        'continue', 'start'}) do
    meta[key] = words[key]
  end
  -- As they are: pandoc would break their lines.
  for _, key in ipairs({'search', 'searchhint', 'searchempty', 'searchnone', 'searchcount',
                        'searchmore', 'searchfailed', 'close', 'text', 'calls'}) do
    meta[key] = pandoc.MetaInlines({rawi(escape(words[key]))})
  end
  meta['contents-word'] = words.contents
  meta['previous-word'] = words.previous
  meta['next-word'] = words.next
end

function Pandoc(doc)
  local meta = doc.meta
  local function of(key) return meta[key] and pandoc.utils.stringify(meta[key]) end

  lang, form, records, labels = of('language'), of('form'), of('records'), of('labels')
  whole = form == 'print' or form == 'epub' or form == 'single'
  words = words_of[lang]
  for name in (of('chapters') or ''):gmatch('%S+') do table.insert(chapters, name) end
  chapter = of('chapter')
  source = chapter and 'chapters/' .. chapter .. '/' .. lang .. '.md' or 'book.md'
  counts = {listing = 0, session = 0, figure = 0, table = 0}

  -- What book.md says in each language, in this one.
  for _, key in ipairs({'title', 'subtitle', 'author'}) do
    if meta[key] and meta[key][lang] then meta[key] = meta[key][lang] end
  end
  if form == 'page' then
    local head = read('book.md'):match('^%-%-%-\n.-\n%-%-%-\n')
    local spine = pandoc.read(head, 'markdown').meta
    meta.booktitle = spine.title[lang]
  end

  -- Only a template, with the words in it.
  if form == 'words' then
    say(meta)
    return pandoc.Pandoc({}, meta)
  end

  local blocks = blocks_of(doc.blocks)
  pandoc.Pandoc(blocks):walk({Div = misplaced})
  if form == 'print' then blocks:extend(index_of_terms(blocks, of('programs'), of('title'))) end
  blocks = without_idle_ids(blocks)
  if form == 'page' then
    if counts.session > 0 then
      local text = machine()
      meta.machine = text and pandoc.MetaBlocks({raw(text)})
    end
    for _, entry in ipairs(contents) do
      if entry[1] == 1 then meta.title = pandoc.MetaInlines(entry[3]) end
    end
    say(meta)
    meta.here = chapter
    page_meta(meta)
  elseif form == 'index' then
    say(meta)
    meta.booktitle = meta.title
    meta.here = 'index'
    -- What the book is stands before the contents: the first section.
    local lead = pandoc.List()
    repeat lead:insert(table.remove(blocks, 1)) until not blocks[1] or blocks[1].t == 'Header'
    meta.lead = pandoc.MetaBlocks(lead)
    page_meta(meta)
  elseif form == 'epub' then
    meta.lang = lang
  elseif form == 'print' or form == 'single' then
    say(meta)
    meta.subtitle = of('subtitle')
    if form == 'single' then
      for _, name in ipairs({'code', 'figures', 'book'}) do
        meta[name .. '-css'] = pandoc.MetaBlocks({raw(read('docs/theme/' .. name .. '.css'))})
      end
    end
    meta.contents = pandoc.MetaBlocks({link_list(contents, 1, '#')})
  end
  return in_korean(pandoc.Pandoc(blocks, meta):walk({Link = link}))
end
