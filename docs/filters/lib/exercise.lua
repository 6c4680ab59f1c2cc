-- An exercise of the chapter: its task, and folded the program to begin with, each
-- hint and a solution. On paper and in an EPUB the hints and the solution are left out,
-- with a pointer to their folder, chapters/NAME/exercises/EX.

local entries = require 'lib.entries'
local fences = require 'lib.fences'
local files = require 'lib.files'
local listing = require 'lib.listing'
local source = require 'lib.source'
local state = require 'lib.state'
local text = require 'lib.text'

local exercise = {}

local function folder_of(name) return 'chapters/' .. state.chapter .. '/exercises/' .. name end

-- A file of the exercise. name is that of the file in its folder.
local function read(div, folder, name)
  if not files.read(folder .. '/' .. div.attributes.name .. '.console') then
    source.fail(source.place_of(div), 'there is no exercise ', folder,
                ': make it as docs/guide.md says, or remove this box')
  end
  local found = files.read(folder .. '/' .. name)
  if not found then source.stop(folder .. '/' .. name, 1, 'this file of the exercise is missing: write it') end
  return found
end

-- The text of the exercise: its title (inlines), the blocks of its task, and those of
-- each hint.
local function parse(markdown, path)
  local blocks = pandoc.read(markdown, 'markdown').blocks
  local title = table.remove(blocks, 1)
  local task, hints = pandoc.List(), {}
  if not title or title.t ~= 'Header' or title.level ~= 1 then
    source.stop(path, 1, 'an exercise begins with its title: write "# TITLE"')
  end
  for _, block in ipairs(blocks) do
    if block.t == 'Div' and block.classes[1] == 'hint' then
      table.insert(hints, block.content)
    elseif block.t == 'Header' or block.t == 'Div' then
      source.stop(path, 1, 'an exercise has one heading, and no boxes but "::: hint": remove the others')
    else
      task:insert(block)
    end
  end
  return title.content, task, hints
end

local function path_of(div) return folder_of(div.attributes.name) .. '/' .. state.lang .. '.md' end

-- The title, the task and the hints of the exercise of a directive, then its folder and the
-- path of its text. Mistakes in the text are reported with that path.
local function text_of(div)
  local folder, path = folder_of(div.attributes.name), path_of(div)
  local title, task, hints = parse(read(div, folder, state.lang .. '.md'), path)
  return title, task, hints, folder, path
end

-- Begin and end something that a page folds.
local function fold(class, id, summary)
  if not state.on_screen then return text.raw('<div class="' .. class .. '">'), text.raw('</div>') end
  return text.raw('<details class="' .. class .. '" id="' .. id .. '">\n<summary>' .. summary .. '</summary>'),
         text.raw('</details>')
end

function exercise.render(div, to, blocks_of)
  local words, name = state.words, div.attributes.name
  fences.check(path_of(div))
  local title, task, hints, folder, path = text_of(div)
  if #hints < 2 then source.stop(path, 1, 'an exercise needs at least two hints: write boxes "::: hint"') end
  local blocks = pandoc.List()
  local function program(class, file, id, summary)
    local begin, last = fold(class, to.id .. '-' .. class:match('%l+$'), summary .. ' ' .. text.code(file))
    local code = read(div, folder, file)
    blocks:extend({begin, text.raw(listing.plain_html(id, code, folder .. '/' .. file)), last})
  end
  local here = state.form == 'page' and
    ' <a class="here" href="#' .. to.id .. '" aria-label="' .. words.permalink .. '">#</a>' or ''
  blocks:insert(text.raw('<aside class="box exercise" id="' .. to.id .. '" aria-label="' .. words.exercise .. ' ' ..
                         to.number .. '">\n<p class="box-title"><span class="label">' .. words.exercise .. ' ' ..
                         to.number .. '</span> ' .. text.to_html({pandoc.Plain(title)}) .. here .. '</p>'))
  local chapter = state.source
  state.source = path
  blocks:extend(blocks_of(task))
  if state.runnable then blocks:insert(text.raw(text.play(name, words.solvehere))) end
  program('program skeleton', name .. '.c', name, words.skeleton)
  for i, hint in ipairs(state.on_screen and hints or {}) do
    local begin, last = fold('hint', to.id .. '-hint-' .. i, words.hint .. ' ' .. i)
    blocks:insert(begin)
    blocks:extend(blocks_of(hint))
    blocks:insert(last)
  end
  state.source = chapter
  if state.on_screen then program('program solution', 'solution.c', name .. '-solution', words.solution) end
  blocks:insert(text.raw('<dl class="run"><dt>' .. words.judge .. '</dt><dd><code>make exercise-' .. name ..
    '</code></dd>' .. (state.on_screen and '' or '<dt>' .. words.hints .. '</dt><dd>' .. text.code(folder) .. '</dd>') ..
    '</dl></aside>'))
  return blocks
end

-- The ids of the folded programs.
function exercise.places(div)
  local id = 'exercise-' .. tostring(div.attributes.name)
  return {id .. '-skeleton', id .. '-solution'}
end

-- Its title and its task are part of the section. The search shows no hint.
function exercise.search(div, to, section)
  local title, task = text_of(div)
  if not section then return end
  entries.add_blocks(section, {pandoc.Plain({pandoc.Str(state.words.exercise .. ' ' .. to.number), pandoc.Space(),
                                             table.unpack(title)})})
  entries.add_blocks(section, task)
end

return exercise
