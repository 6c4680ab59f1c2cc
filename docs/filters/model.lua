-- The pandoc filter that makes the model of a page, in JSON: see lib/model.lua.
--
-- Metadata as for book.lua. Mistakes in a chapter are skipped here, because book.lua
-- reports them; except a mistake in its fences, because the model would lack what other
-- pages link to, and the first page with such a link would report that.

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
