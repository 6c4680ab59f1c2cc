-- Runs the filters of the book for many small books in one pandoc, because pandoc
-- starts much more slowly than a filter makes a small page.
--
-- Usage: pandoc -L tests/filter_jobs.lua -M "jobs=DIRECTORIES" ...
--
-- Each line of DIRECTORIES is a directory with a book that has the chapters sample and
-- other. Its file "files" has the names of all programs and transcripts of the book. It
-- gets the page of the first chapter in "page.html", and in "message" what the filter
-- reported. A directory without "files" gets "sample.model", the model of that chapter.

local function read(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local text = file:read('a')
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, 'wb'))
  assert(file:write(text))
  assert(file:close())
end

-- luacheck: globals os.exit io.stderr

-- Call a function with the output on standard error and the end of the process
-- replaced. Returns what was reported, then what the function returned.
local function reported(call)
  local message, ended = '', false
  local saved = {exit = os.exit, stderr = io.stderr}
  io.stderr = {write = function(_, ...) message = message .. table.concat({...}) end}
  os.exit = function(status)
    ended = status == 1
    error('ended', 0)
  end
  local good, result = pcall(call)
  os.exit, io.stderr = saved.exit, saved.stderr
  if not good and not ended then error(result, 0) end
  return message, result
end

-- The document that a filter, docs/filters/NAME.lua, makes in a new pandoc.
local function filtered(name, chapter, files)
  for module in pairs(package.loaded) do
    if module == 'words' or module:find('^lib%.') then package.loaded[module] = nil end
  end
  dofile('docs/filters/' .. name .. '.lua')
  local path = chapter and 'chapters/' .. chapter .. '/en.md' or 'book.md'
  local doc = pandoc.read(assert(read(path)), 'markdown')
  doc.meta = pandoc.Meta({language = 'en', form = 'page', chapters = 'other sample', chapter = chapter,
                          files = files, records = 'build/record', models = '.'})
  return Pandoc(doc)
end

local function write_model(chapter)
  write((chapter or 'index') .. '.model', pandoc.write(filtered('model', chapter), 'json'))
end

local function job()
  local files = read('files')
  if not files then return write_model('sample') end
  write_model('other')
  write_model()
  local message, page = reported(function() return filtered('book', 'sample', files) end)
  write('message', message)
  if message == '' then write('page.html', pandoc.write(page, 'html5')) end
end

return {{Pandoc = function(doc)
  for directory in pandoc.utils.stringify(doc.meta.jobs):gmatch('[^\n]+') do
    pandoc.system.with_working_directory(directory, job)
  end
end}}
