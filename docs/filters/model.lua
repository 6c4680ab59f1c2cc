-- The pandoc filter that makes the model of a page, in JSON: see lib/model.lua.
--
-- Metadata as for book.lua. Mistakes in a chapter are skipped here, because book.lua
-- reports them.

package.path = 'docs/filters/?.lua;' .. package.path
local files = require 'lib.files'
local model = require 'lib.model'
local state = require 'lib.state'

function Pandoc(doc)
  state.read(doc.meta)
  local made = model.to_document(model.compute(state.chapter or 'index', doc.blocks))
  files.finish(doc.meta)
  return made
end
