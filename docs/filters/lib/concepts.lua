-- The concepts of the index. The text marks a word where it explains the concept, and
-- where another section treats it:
--
--   [zombie]{.term #zombie}                            explains it
--   [End of file]{.term #eof index="end of file"}      the index has another word
--   [zombies]{.term #init-zombies of=zombie}           also treats it
--
-- On the page an anchor comes before the word; the mark is not visible.

local source = require 'lib.source'
local state = require 'lib.state'

local concepts = {}

-- Add the marked words of a block to the entries of a model.
function concepts.add(entries, block)
  block:walk({Span = function(span)
    if span.classes:includes('term') and span.identifier ~= '' then
      local of = span.attributes.of
      local name = span.attributes.index or pandoc.utils.stringify(span)
      table.insert(entries, {kind = 'concept', id = span.identifier, of = of, name = not of and name or nil})
    end
  end})
end

-- Report a mark in the Markdown file, and exit. where is that of source.line_of_mark().
function concepts.fail(where, ...)
  source.stop(state.source, source.line_of_mark(where), ...)
end

-- A marked word as it is on the page.
function concepts.anchor(span)
  if not span.classes:includes('term') then
    local class = span.classes[1]
    concepts.fail(class and '.' .. class or '#' .. span.identifier,
                  class and 'unknown mark "' .. class .. '"' or 'a mark without a class',
                  '; a concept of the index is [WORD]{.term #ID}')
  end
  if span.identifier == '' then
    concepts.fail(nil, 'the concept "', pandoc.utils.stringify(span), '" has no id: write [WORD]{.term #ID}')
  end
  return {pandoc.Span({}, {id = span.identifier}), table.unpack(span.content)}
end

-- Report a mark in a heading, whose text is also in the contents.
function concepts.misplaced(span)
  concepts.fail('#' .. span.identifier, 'a heading cannot have a concept: mark the word in the text below it')
end

return concepts
