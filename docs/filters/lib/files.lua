-- Reads files, and writes a make fragment with the names of all files read.

local files = {}
local seen = {}

local function content(path)
  local file = io.open(path, 'rb')
  local text = file and file:read('a')
  if file then file:close() end
  return text
end

-- The bytes of a file; nil if it cannot be read. What this run makes depends on the file.
function files.read(path)
  local text = content(path)
  if text then seen[path] = true end
  return text
end

-- Write a text to a file. A file that has it already keeps its date, so that make does not
-- make again what depends on it. Two runs may write the same file at the same time: until
-- it is whole, the new file has a name with that of the output of the run.
function files.write(path, text)
  if content(path) == text then return end
  local new = path .. (PANDOC_STATE.output_file or ''):gsub('^.*/', '.') .. '.new'
  local file = assert(io.open(new, 'wb'))
  assert(file:write(text))
  assert(file:close())
  assert(os.rename(new, path))
end

-- The text that make_text() returns. It must depend only on the key and on pandoc, and not
-- on a filter. It is kept in build/work for later runs, if there is such a folder.
function files.keep(key, make_text)
  local path = 'build/work/kept-' .. pandoc.utils.sha1(tostring(PANDOC_VERSION) .. '\0' .. key)
  local kept = content(path)
  if not kept or kept == '' then -- a crash of the system may leave an empty file
    kept = make_text()
    pcall(files.write, path, kept)
  end
  return kept
end

-- Write to path a make fragment: target depends on each file that was read, the
-- modules of this filter among them. Each file gets an empty rule (as gcc -MP
-- does), so that make does not stop when a file has been removed.
local function write_depends(path, target)
  for name in pairs(package.loaded) do
    if name == 'words' or name:find('^lib%.') then
      seen['docs/filters/' .. name:gsub('%.', '/') .. '.lua'] = true
    end
  end
  local names = {}
  for name in pairs(seen) do table.insert(names, name) end
  table.sort(names)
  files.write(path, target .. ': ' .. table.concat(names, ' ') .. '\n' .. table.concat(names, ':\n') .. ':\n')
end

-- Write the fragment if the metadata has depends= and target=.
function files.finish(meta)
  if meta.depends then
    write_depends(pandoc.utils.stringify(meta.depends), pandoc.utils.stringify(meta.target))
  end
end

return files
