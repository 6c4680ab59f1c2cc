-- Reads files, and writes a make fragment with the names of all files read.

local files = {}
local seen = {}

-- The bytes of a file; nil if it cannot be read.
function files.read(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local text = file:read('a')
  file:close()
  seen[path] = true
  return text
end

-- Write a text to a file. A file that has it already keeps its date, so that make does not
-- make again what depends on it.
function files.write(path, text)
  local old = io.open(path, 'rb')
  local same = old and old:read('a') == text
  if old then old:close() end
  if same then return end
  local file = assert(io.open(path .. '.new', 'wb'))
  assert(file:write(text))
  assert(file:close())
  assert(os.rename(path .. '.new', path))
end

-- The text that make_text() returns, which depends only on the key and on pandoc. It is
-- kept in build/work for later runs, if there is such a folder. Runs at the same time may
-- keep the same text: the new file has a name of its own until it is whole.
function files.keep(key, make_text)
  local path = 'build/work/kept-' .. pandoc.utils.sha1(tostring(PANDOC_VERSION) .. '\0' .. key)
  local file = io.open(path, 'rb')
  if not file then
    local kept, new = make_text(), path .. tostring({}):gsub('.* ', '.')
    file = io.open(new, 'wb')
    if file and file:write(kept) and file:close() then os.rename(new, path) end
    return kept
  end
  local kept = file:read('a')
  file:close()
  return kept
end

-- Write to path a make fragment: target depends on each file that was read, the
-- modules of this filter among them. Each file gets an empty rule (as gcc -MP
-- does), so that make does not stop when a file has been removed.
function files.write_depends(path, target)
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

-- Do so if the metadata asks for it by depends= and target=.
function files.finish(meta)
  if meta.depends then
    files.write_depends(pandoc.utils.stringify(meta.depends), pandoc.utils.stringify(meta.target))
  end
end

return files
