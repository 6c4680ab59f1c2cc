-- The pandoc filter that writes the model of a page (see lib/model.lua) in JSON.
-- Metadata: language; chapters; chapter, its folder, or nothing for book.md.

package.path = 'docs/filters/?.lua;' .. package.path
local files = require 'lib.files'
local model = require 'lib.model'
local state = require 'lib.state'

function Pandoc(doc)
  state.read(doc.meta)
  local entries = model.compute(state.chapter or 'index', doc.blocks)
  files.finish(doc.meta)
  return model.to_document(entries)
end
