-- What this run of pandoc makes. The modules read these fields:
--
--   lang      language of the page, such as "en"
--   words     the interface words of that language, see words.lua
--   form      page (HTML, one chapter), index (HTML, the first page), print (one
--             HTML file for the PDF), single (one HTML file to hand on), epub,
--             or words (a template with interface words and no text)
--   whole     whether this form has the whole book in one file
--   on_screen whether a browser shows the chapters of this form
--   runnable  whether the Linux in the page was made, and this form can open it
--   chapters  folders of the chapters, in the order of the book
--   programs  set of the names of all programs: {name = true}
--   files     paths of the programs, transcripts, patches, and transcripts of exercises
--   words_of  the interface words of all languages: {lang = words}
--   records   directory of the recordings
--   models    directory of the models of this language, see model.lua
--   chapter   folder of the present chapter; nil in the preface
--   source    Markdown file of the present chapter
--   section   id of the present chapter or ## section
--
-- chapter, source and section change while a whole book goes through its chapters. source is
-- also the text of an exercise while its box is rendered.

local words_of = require 'words'

local state = {words_of = words_of}

-- The string of a metadata field; nil if it is not given.
function state.field(meta, key) return meta[key] and pandoc.utils.stringify(meta[key]) end

-- Set chapter and source.
function state.enter(chapter)
  state.chapter = chapter
  state.source = chapter and 'chapters/' .. chapter .. '/' .. state.lang .. '.md' or 'book.md'
end

-- Set all fields from the metadata of the document.
function state.read(meta)
  local function of(key) return state.field(meta, key) end
  state.lang, state.form = of('language'), of('form')
  state.words = words_of[state.lang]
  state.whole = state.form == 'print' or state.form == 'epub' or state.form == 'single'
  state.on_screen = state.form == 'page' or state.form == 'single'
  state.runnable = state.on_screen and meta.runnable ~= nil
  state.records, state.models = of('records'), of('models')
  state.chapters, state.files, state.programs = {}, {}, {}
  for name in (of('chapters') or ''):gmatch('%S+') do table.insert(state.chapters, name) end
  for path in (of('files') or ''):gmatch('%S+') do
    table.insert(state.files, path)
    local program = path:match('([^/]*)%.c$')
    if program then state.programs[program] = true end
  end
  state.enter(of('chapter'))
end

-- The number of a chapter; nil for another page.
function state.number_of(name)
  for i, chapter in ipairs(state.chapters) do
    if chapter == name then return i end
  end
end

return state
