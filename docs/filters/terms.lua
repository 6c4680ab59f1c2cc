-- The terms of the index: which functions, constants, errors, signals and
-- programs a piece of code names. For the page (search.lua) and for the paper.
--
--   local terms = dofile('docs/filters/terms.lua')
--   terms.of(code, programs)  the names in it, each once, in their order; a
--                             function as name(); programs is a set: {name = true}
--   terms.group(name)         functions, constants, errors, signals or programs
--   terms.manual(name)        its manual page as name, section; nil if it has none
--   terms.groups              the groups in the order in which the index has them
--   terms.before(a, b)        whether a stands before b in a group
--
-- What every C program has (it reports errors, prints, and uses strings and
-- memory) is known, but no term: its places say nothing about this book's matter.
--
-- A function that is not in this table is one of the program's own. tests/
-- test_search.c says what is missing here, and looks for each manual page.

local function set(pages)
  local of = {}
  for page, names in pairs(pages) do
    for name in names:gmatch('%S+') do of[name] = page end
  end
  return of
end

-- Section of the manual, or page and section where the page has another name.
local functions = set {
  ['2'] = [[_exit alarm bind chmod clock_nanosleep clone clone3 close connect dup dup2 dup3
    execve fcntl fork fstat getpid lseek lstat mknod mknodat mq_open mq_timedreceive msgctl
    msgget msgrcv msgsnd newfstatat open openat pidfd_getfd pipe pipe2 poll read readlink send
    setitimer sigaction signal sigprocmask socket socketpair stat umask unlink vfork wait wait4
    waitpid write]],
  ['3'] = [[atexit atoi dprintf err errx execl execlp execv execvp exit fclose fdopen ferror
    fflush fgets fopen fpathconf fprintf fputs fread free ftok fwrite getchar getline getopt
    malloc memcmp memcpy memset mkdtemp mkfifo mq_notify mq_receive mq_send pclose perror
    popen printf puts raise setenv setvbuf sigfillset sleep snprintf sscanf strcmp strcpy
    strerror strlen strrchr strsignal strtol strtoll system usleep warn warnx]],
  ['wait(2)'] = 'WIFEXITED WEXITSTATUS WIFSIGNALED WTERMSIG',
  ['inode(7)'] = 'S_ISFIFO',
}
local constants = set {
  ['open(2)'] = [[AT_FDCWD O_APPEND O_CLOEXEC O_CREAT O_DIRECT O_EXCL O_NONBLOCK O_RDONLY O_RDWR
    O_TRUNC O_WRONLY]],
  ['stat(2)'] = 'AT_SYMLINK_NOFOLLOW',
  ['fcntl(2)'] = 'FD_CLOEXEC F_GETFD F_GETFL F_GETPIPE_SZ F_SETFD F_SETFL F_SETPIPE_SZ',
  ['msgget(2)'] = 'IPC_CREAT IPC_EXCL IPC_PRIVATE',
  ['msgctl(2)'] = 'IPC_INFO IPC_RMID IPC_SET IPC_STAT MSG_INFO MSG_STAT MSG_STAT_ANY',
  ['msgrcv(2)'] = 'IPC_NOWAIT MSG_COPY MSG_EXCEPT MSG_NOERROR',
  ['capabilities(7)'] = 'CAP_IPC_OWNER CAP_SYS_ADMIN CAP_SYS_RESOURCE',
  ['clone(2)'] = 'CLONE_CHILD_CLEARTID CLONE_CHILD_SETTID CLONE_VFORK CLONE_VM',
  ['poll(2)'] = 'POLLERR POLLHUP POLLIN POLLOUT',
  ['pipe(7)'] = 'PIPE_BUF',
  ['pathconf(3)'] = 'PATH_MAX _PC_PIPE_BUF',
  ['feature_test_macros(7)'] = '_GNU_SOURCE',
  ['send(2)'] = 'MSG_NOSIGNAL',
  ['sigaction(2)'] = 'SA_RESTART',
  ['sigprocmask(2)'] = 'SIG_BLOCK',
  ['signal(2)'] = 'SIG_DFL SIG_ERR SIG_IGN',
  ['socket(2)'] = 'SOCK_DGRAM SOCK_SEQPACKET SOCK_STREAM',
  ['unix(7)'] = 'SCM_RIGHTS',
  ['inode(7)'] = 'S_IFIFO',
  ['setvbuf(3)'] = 'BUFSIZ _IOFBF _IOLBF _IONBF',
  ['stdin(3)'] = 'STDERR_FILENO STDIN_FILENO STDOUT_FILENO',
  ['exit(3)'] = 'EXIT_FAILURE EXIT_SUCCESS',
  ['getchar(3)'] = 'EOF',
}
local general = set {
  ['3'] = [[err errx exit fprintf free malloc memcmp memcpy memset perror printf puts snprintf strcmp
    strcpy strlen strrchr warn warnx EXIT_FAILURE EXIT_SUCCESS SIG_ERR STDERR_FILENO STDIN_FILENO
    STDOUT_FILENO]],
}
local commands = set {
  ['1'] = [[awk cat grep head ipcrm ipcs ls make mkfifo od printf rm sh sleep sort stat strace wc
    yes]],
  ['8'] = 'lsof',
}

local terms = {groups = {'functions', 'constants', 'errors', 'signals', 'programs'}}

function terms.group(name)
  if name:find('%(%)$') then return 'functions' end
  if constants[name] then return 'constants' end
  if name:find('^E[A-Z0-9]+$') then return 'errors' end
  if name:find('^SIG[A-Z0-9]+$') then return 'signals' end
  return 'programs'
end

function terms.manual(name)
  local group = terms.group(name)
  if group == 'errors' then return 'errno', '3' end
  if group == 'signals' then return 'signal', '7' end
  local plain = name:gsub('%(%)$', '')
  local page = (group == 'functions' and functions or group == 'constants' and constants or
                commands)[plain]
  if not page then return nil end
  local other, section = page:match('^(.*)%((.*)%)$')
  return other or plain, section or page
end

function terms.of(code, programs)
  local found = {}
  local function add(name)
    if not found[name] then
      found[name] = true
      table.insert(found, name)
    end
  end
  -- A command: the whole of the code, behind a prompt or in a pipeline; and a
  -- program where it is called by its path.
  local function command(name)
    if name and (programs[name] or commands[name]) then add(name) end
  end
  command(code:match('^[%l%d-]+$'))
  for name in code:gmatch('[$|] ([%l%d-]+)') do command(name) end
  for name in code:gmatch('%./([%l%d-]+)') do
    if programs[name] then add(name) end
  end
  for name, after in code:gmatch('%f[%w_]([%a_][%w_]*)()') do
    local section = code:match('^%((%d)%l*%)', after)
    if general[name] then
      -- Nor is it one of the program's own.
    elseif functions[name] and code:find('^%(', after) then
      -- pipe(7) is a page of the manual about something else.
      if not section or section == functions[name] then add(name .. '()') end
    elseif constants[name] then
      add(name)
    elseif name:find('^E[A-Z0-9][A-Z0-9]+$') or name:find('^SIG[A-Z]+%d?$') then
      add(name)
    end
  end
  return found
end

function terms.before(a, b)
  local x, y = a:lower():gsub('^_+', ''), b:lower():gsub('^_+', '')
  if x ~= y then return x < y end
  return a < b
end

return terms
