-- The directives of a chapter's Markdown: ::: {.NAME ...}. To add one, write a row
-- here, its functions, its style in docs/theme, and its row in docs/guide.md.
--
--   name          the class of the directive
--   needs         the attributes without which it fails, as {name, example} pairs
--   counted       the kind that counts it: listing, session, table, figure or exercise
--                 (also keys of the interface words); nil if it has no number
--   id(div)       its id; nil if it has none
--   places(div)   other ids inside it
--   holds_blocks  whether it holds any blocks, directives among them
--   render(div, entry, blocks_of)
--                 returns a block or a list of blocks. entry is its entry in the
--                 model, blocks_of() renders the blocks that it holds.
--   search(div, entry, section, look)
--                 adds what the search finds. section is the entry of the search that has the
--                 text around it; look(blocks, section) goes through the blocks that it holds
--                 and returns the section after them. Returns the section after the directive;
--                 nil if it is the same. The functions call entry "to".

local box = require 'lib.box'
local drawing = require 'lib.drawing'
local exercise = require 'lib.exercise'
local faults = require 'lib.faults'
local functions = require 'lib.functions'
local listing = require 'lib.listing'
local picture = require 'lib.picture'
local recordings = require 'lib.session'
local try = require 'lib.try'

-- An id made of a prefix and an attribute.
local function id(prefix, key)
  return function(div)
    return div.attributes[key] and prefix .. div.attributes[key]
  end
end

local directives = {
  {name = 'listing', needs = {{'program', 'NAME'}}, counted = 'listing', id = id('lst-', 'program'),
   places = listing.places, render = listing.render, search = listing.search},
  {name = 'session', needs = {{'record', 'NAME'}}, counted = 'session', id = id('out-', 'record'),
   render = recordings.session.render, search = recordings.session.search},
  {name = 'calls', needs = {{'record', 'NAME'}}, id = id('calls-', 'record'),
   render = recordings.calls.render, search = recordings.calls.search},
  {name = 'function', needs = {{'name', 'NAME'}}, counted = 'table', id = id('fn-', 'name'),
   render = functions.render, search = functions.search},
  {name = 'course', needs = {{'record', 'NAME'}}, counted = 'figure', id = picture.id,
   render = picture.render, search = picture.search},
  {name = 'ends', needs = {{'record', 'NAME'}, {'at', 'MOMENT'}}, counted = 'figure', id = picture.id,
   render = picture.render, search = picture.search},
  {name = 'figure', needs = {{'src', 'FILE'}}, counted = 'figure', id = drawing.id,
   render = drawing.render, search = drawing.search},
  {name = 'faults', render = faults.render, search = faults.search},
  {name = 'pitfall', holds_blocks = true, render = box.render, search = box.search},
  {name = 'correction', holds_blocks = true, render = box.render, search = box.search},
  {name = 'try', needs = {{'change', 'PROGRAM-WORD'}}, holds_blocks = true,
   id = id('change-', 'change'), render = try.render, search = try.search},
  {name = 'exercise', needs = {{'name', 'EX'}}, counted = 'exercise', id = id('exercise-', 'name'),
   places = exercise.places, render = exercise.render, search = exercise.search},
}

-- The rows by their names.
directives.named = {}
for _, row in ipairs(directives) do directives.named[row.name] = row end

return directives
