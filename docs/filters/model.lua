-- The pandoc filter that makes the model of a page, in JSON: see lib/model.lua.
--
-- Metadata as for book.lua. This filter skips mistakes in a chapter, because book.lua reports
-- them. It reports only a mistake in a fence: without the lost entries, another page with a link
-- to one of them would report a wrong mistake first.

package.path = 'docs/filters/?.lua;' .. package.path
local fences = require 'lib.fences'
local files = require 'lib.files'
local model = require 'lib.model'
local state = require 'lib.state'

function Pandoc(doc)
  state.read(doc.meta)
  fences.check(state.source)
  local made = model.to_document(model.compute(state.chapter or 'index', doc.blocks))
  files.finish(doc.meta)
  return made
end
