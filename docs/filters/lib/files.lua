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
  local file = assert(io.open(path .. '.new', 'wb'))
  file:write(target, ': ', table.concat(names, ' '), '\n', table.concat(names, ':\n'), ':\n')
  assert(file:close())
  assert(os.rename(path .. '.new', path))
end

-- Do so if the metadata asks for it by depends= and target=.
function files.finish(meta)
  if meta.depends then
    files.write_depends(pandoc.utils.stringify(meta.depends), pandoc.utils.stringify(meta.target))
  end
end

return files
