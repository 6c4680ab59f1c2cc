-- The pictures that docs/tools/draw has made of a recording. A file of pictures has
-- them for one form of the book, so that an SVG goes into the book unchanged.

local caption = require 'lib.caption'
local entries = require 'lib.entries'
local files = require 'lib.files'
local recordings = require 'lib.session'
local source = require 'lib.source'
local state = require 'lib.state'
local text = require 'lib.text'

local picture = {}

-- The ending of the files of pictures for the present form.
local function ending()
  local form = state.whole and '.' .. state.form or ''
  return state.lang .. form .. '.pictures'
end

-- The part of a file of pictures that has this name: its SVG and the lines of the
-- same story in words; nil if there is none.
local function section_of(pictures, name)
  local section = ('\n' .. pictures .. '== '):match(
    '\n== ' .. name:gsub('%p', '%%%0') .. '\n(.-\n)== ')
  if section then return section:match('^(.*</svg>)\n(.*)$') end
end

-- The lines of a story as a list of {place, lane, call, meaning}.
local function rows_of(story)
  local rows = {}
  for place, lane, call, meaning in story:gmatch('([^\t\n]*)\t([^\t\n]*)\t([^\t\n]*)\t([^\n]*)') do
    table.insert(rows, {place = place, lane = lane, call = call, meaning = meaning})
  end
  return rows
end

-- The picture that a directive asks for: its SVG and the rows of its story; or nil
-- and the reason why there are no pictures.
local function find(div, name)
  local _, path, pictures = recordings.recording(div, ending())
  if pictures:match('^# ') then return nil, pictures:match('^# ([^\n]*)') end
  local svg, story = section_of(pictures, name)
  if not svg then
    local names = {}
    for other in ('\n' .. pictures):gmatch('\n== ([^\n]*)') do table.insert(names, other) end
    source.fail(source.place_of(div), 'the recording ', path, ' has no picture "', name,
                '"; it has: ', table.concat(names, ' '))
  end
  local rows = rows_of(story)
  for _, row in ipairs(rows) do
    local program = row.place:match('^(.*):%d+$')
    if program and not files.read('chapters/' .. state.chapter .. '/' .. program .. '.c') then
      source.fail(source.place_of(div), 'the picture "', name, '" leads to ', program,
                  '.c, and this chapter has no such program: show this picture in the chapter of ', program)
    end
  end
  return svg, rows
end

-- The story in words: a list for each turn of a process.
local function in_words(rows)
  local out = {'<details class="words"><summary>' .. state.words.inwords .. '</summary>\n<ol>'}
  for i, row in ipairs(rows) do
    if i == 1 or row.lane ~= rows[i - 1].lane then
      table.insert(out, (i > 1 and '</ul></li>\n' or '') .. '<li>' .. text.escape(row.lane) .. '<ul>')
    end
    local call = text.code(row.call)
    local program, line = row.place:match('^(.*):(%d+)$')
    if program then call = '<a href="#src-' .. program .. '-' .. line .. '">' .. call .. '</a>' end
    table.insert(out, '<li>' .. call .. (row.meaning ~= '' and ' ' .. text.escape(row.meaning) or '') .. '</li>')
  end
  table.insert(out, '</ul></li>\n</ol></details>')
  return table.concat(out)
end

-- The name of a picture in the file, from the attributes of its directive.
local function name_of(div)
  local run, at = div.attributes.run or '1', div.attributes.at
  run = run == '1' and '' or '-' .. run
  if at then return 'ends' .. run .. '-' .. at end
  return run == '-all' and 'whole' or 'course' .. run
end

-- The id of a picture: course-R, course-R-2, course-R-all, ends-R-M, ends-R-2-M.
function picture.id(div)
  local attributes = div.attributes
  local run = attributes.run or '1'
  if not attributes.record then return nil end
  return div.classes[1] .. '-' .. attributes.record .. (run == '1' and '' or '-' .. run) ..
         (attributes.at and '-' .. attributes.at or '')
end

function picture.render(div, to)
  local run = div.attributes.run
  if run and run ~= 'all' and not run:match('^%d+$') then
    source.fail(source.place_of(div), 'run= is a number or "all", not "', run, '"')
  end
  local svg, rows = find(div, name_of(div))
  local under = caption.figure(to, caption.html(div.content, source.place_of(div)))
  local body
  if not svg then
    body = '<p class="missing">' .. state.words.nopicture .. ': <code>' .. text.escape(rows) .. '</code></p>'
  else
    body = svg
    if state.form ~= 'print' then body = body .. '\n' .. in_words(rows) end
  end
  return text.raw('<figure class="picture" id="' .. to.id .. '">\n' .. body .. '\n' .. under .. '\n</figure>')
end

-- A picture is found by its calls and what they mean.
function picture.search(div, to)
  local entry = entries.new('figure', to.id, entries.title(to, entries.plain(div.content)))
  local pictures = files.read(state.records .. '/' .. state.chapter .. '/' .. div.attributes.record ..
                              '.' .. ending()) or ''
  local _, story = section_of(pictures, name_of(div))
  for _, row in ipairs(rows_of(story or '')) do entries.add(entry, row.call .. ' ' .. row.meaning) end
end

return picture
