-- Links of the text: whether they lead somewhere, the text of a link without one,
-- and where a link leads in this form of the book.

local files = require 'lib.files'
local model = require 'lib.model'
local source = require 'lib.source'
local state = require 'lib.state'

local links = {linked_lines = {}} -- set of the ids of the lines that a link leads to

-- Whether the line src-PROGRAM-LINE is on the page with these ids.
local function is_line(id, ids)
  local program, line = id:match('^src%-(.+)%-(%d+)$')
  if not program or not ids['lst-' .. program] then return false end
  local code = files.read('chapters/' .. state.chapter .. '/' .. program .. '.c') or ''
  return tonumber(line) <= select(2, code:gsub('\n', ''))
end

-- The entry of the model that the link leads to. The run ends if there is no such
-- place. Nil for a line of a program, and for the index of terms, which has no
-- model.
local function destination(el, page, id)
  local here = state.chapter or 'index'
  local function fail(...)
    local empty = #el.content == 0 and '[' or nil
    source.stop(state.source, source.line_of_link(el.target, empty),
                'the link to ', el.target, ' leads nowhere: ', ...)
  end
  page = page or here
  if page == 'terms' then return nil end
  if page ~= 'index' and not state.number_of(page) then
    fail('the book has no chapter "', page, '"')
  end
  if not id then return model.page(page).ids[page] end
  local ids = model.page(page).ids
  if ids[id] then return ids[id] end
  if page == here and is_line(id, ids) then
    links.linked_lines[id] = true
    return nil
  end
  local other = model.find(id)
  fail(page, '.html has no "', id, '"', other and '; it is in ' .. other.page .. '.html' or
       ': write the id of something on that page')
end

-- Give a link without a text the name of what it leads to, such as "Figure 1.2",
-- or the title. A link on paper that leads out of its section also gives the page.
function links.resolve(el)
  local id = el.target:match('^#(.+)$')
  local page
  if not id then
    page, id = el.target:match('^([%w_-]+)%.html#(.+)$')
    page = page or el.target:match('^([%w_-]+)%.html$')
  end
  local to
  if id or page then to = destination(el, page, id) end
  if #el.content == 0 then
    if to and to.title then
      el.content = to.title:clone()
    elseif to and to.number then
      el.content = {pandoc.Str(state.words[to.kind] .. '\u{a0}' .. to.number)}
    else
      source.stop(state.source, source.line_of_link(el.target, '['), 'the link [](', el.target,
                  ') needs a text, because it leads to nothing that has a number or a title')
    end
  end
  if state.form == 'print' and to and to.section ~= state.section then
    el.classes:insert('far')
    el.attributes['before'], el.attributes['after'] = state.words.onpage[1], state.words.onpage[2]
  end
  if state.whole and page then
    el.target = '#' .. (id or page == 'index' and 'preface' or page)
    -- pandoc gives each chapter of an EPUB a file, the preface the first one, but corrects
    -- no link in raw HTML, such as a table of a function.
    if state.form == 'epub' and page ~= 'terms' then
      el.target = ('ch%03d.xhtml'):format((state.number_of(page) or 0) + 1) .. el.target
    end
  end
  return el
end

return links
