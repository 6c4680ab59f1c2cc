-- Text as HTML, and Korean typography.

local state = require 'lib.state'

local text = {}

function text.escape(plain)
  return (plain:gsub('[&<>"]', {['&'] = '&amp;', ['<'] = '&lt;',
                                ['>'] = '&gt;', ['"'] = '&quot;'}))
end

function text.raw(html) return pandoc.RawBlock('html', html) end
function text.rawi(html) return pandoc.RawInline('html', html) end

-- Code as HTML. A long word of it may go on in the next line after "_", "/", "(", ",",
-- ":" and "=", and nowhere else; a copy of the text has no trace of that. An EPUB is XML.
function text.code(plain)
  local joint = state.form == 'epub' and '<wbr />' or '<wbr>'
  local html = plain:gsub('%S+', function(word)
    if #word > 10 and state.form ~= 'print' then
      word = word:gsub('([%w)][_/(,:=])%f[%w*"&]', '%1\1')
    end
    return word
  end)
  return '<code>' .. text.escape(html):gsub('\1', joint) .. '</code>'
end

-- The button that opens the Linux in the page for a program, a recording, a change or an
-- exercise; '' where there is none. The label is "Run here" if it is nil.
-- docs/theme/run.js shows the button, as it does nothing without a script.
function text.run_button(name, label)
  if not state.runnable then return '' end
  return '<button type="button" data-run="' .. name .. '" hidden>' .. (label or state.words.runhere) .. '</button>'
end

-- The button in a paragraph of its own. Call this only if state.runnable.
function text.play(name, label)
  return '<p class="play">' .. text.run_button(name, label) .. '</p>'
end

-- Headings stay as they are: the contents are made from them.
local breaks_code = {
  traverse = 'topdown',
  Header = function(header) return header, false end,
  Code = function(code) if code.text:find('[_/(,:=]') then return text.rawi(text.code(code.text)) end end,
}

-- WeasyPrint breaks Korean between any two syllables, because it does not support
-- "word-break: keep-all". So each Korean word on paper is a span that does not
-- break. The anchor of a concept is part of the word after it.
local function keep_words(inlines)
  local out, word = pandoc.List(), pandoc.List()
  local function flush()
    local letters = pandoc.utils.stringify(word)
    if #word > 0 and letters:find('[\xEA-\xED]') and utf8.len(letters) > 1 and utf8.len(letters) <= 24 then
      out:insert(pandoc.Span(word, {class = 'word'}))
    else
      out:extend(word)
    end
    word = pandoc.List()
  end
  for _, inline in ipairs(inlines) do
    if inline.t == 'Str' or inline.t == 'Code' or inline.t == 'Span' and #inline.content == 0 then
      word:insert(inline)
    else
      flush()
      out:insert(inline)
    end
  end
  flush()
  return out
end

-- Write the marks of a quotation as text if a Korean particle follows it, so that
-- the closing mark and the particle are one word. Returns nil if the list has no such
-- quotation.
local function flatten(inlines)
  local flat
  for i, inline in ipairs(inlines) do
    local after = inline.t == 'Quoted' and inlines[i + 1]
    if after and after.t == 'Str' and after.text:find('^[\xEA-\xED]') then
      local double = inline.quotetype == 'DoubleQuote'
      flat = flat or pandoc.List({table.unpack(inlines, 1, i - 1)})
      flat:insert(pandoc.Str(double and '“' or '‘'))
      flat:extend(inline.content)
      inlines[i + 1] = pandoc.Str((double and '”' or '’') .. after.text)
    elseif flat then
      flat:insert(inlines[i])
    end
  end
  return flat
end

-- Browsers break a line between a closing mark and the Korean particle after it.
-- So the mark and the first syllable of the particle are a span that does not
-- break. After code, book.css does the same.
local function keep_particles(str)
  local letters = str.text
  if not letters:find('[)\x99\x9D][\xEA-\xED]') then return nil end
  for _, mark in ipairs({'%)', '”', '’'}) do
    letters = letters:gsub('(' .. mark .. '[\xEA-\xED][\x80-\xBF][\x80-\xBF])', '\1%1\2')
  end
  local out = pandoc.List()
  for before, both in (letters .. '\1\2'):gmatch('([^\1]*)\1([^\2]*)\2') do
    if before ~= '' then out:insert(pandoc.Str(before)) end
    if both ~= '' then out:insert(pandoc.Span({pandoc.Str(both)}, {class = 'joined'})) end
  end
  return out
end

-- The document with the breaks of lines that its form and its language need. The
-- metadata is left alone, because templates put it into attributes. A word on paper may
-- go on inside a quotation, so all quotations are flattened before.
function text.typeset(doc)
  local blocks = pandoc.Pandoc(doc.blocks)
  if state.form ~= 'print' then blocks = blocks:walk(breaks_code) end
  if state.lang == 'ko' and state.form == 'print' then
    blocks = blocks:walk({Inlines = flatten}):walk({Inlines = keep_words})
  elseif state.lang == 'ko' then
    blocks = blocks:walk({Inlines = flatten}):walk({Str = keep_particles})
  end
  return pandoc.Pandoc(blocks.blocks, doc.meta)
end

function text.to_html(blocks)
  local html = pandoc.write(text.typeset(pandoc.Pandoc(blocks)), 'html')
  return (html:gsub('%s+$', ''))
end

return text
