#!lua name=tocsin
-- revision 5 (raised with every change of this file: a hub does not put an older library in the place of a newer one)
--
-- What must happen in Redis all at once: the functions of a district's log. All keys come through KEYS and share the
-- hash tag {district}. Each function is numbered: what it takes and answers never changes under a number, so that hubs of
-- two versions work side by side on one library, the newer one.
--
--   {d}:log                  stream; entries have the fields e (StoredEvent) and d (SHA-256 of e)
--   {d}:epoch                string
--   {d}:trimmed              string `<highest id that a trim removed> <how many were ever removed by then>`
--   {d}:state:<kind>:<id>    string: the offset of the last event, LF, the version, LF, a byte with the length of the stamp, the
--                            stamp (whose writing that version is), the rest: StoredState
--   {d}:version:<set>        the same for a set that decisions read
--   {d}:open                 set of the names of the keys that a starting hub loads
--   {d}:key:<key id>         string, 32 bytes
--   {d}:deadline             sorted set of timers: name, and when it is due in milliseconds by Redis's own clock
--   {d}:turn                 string: the hub whose commits alone are taken for a moment, because others' came before them
--   {d}:present              hash: what each hub says for a few seconds of who is connected to it
--   {d}:ids:<device>         hash: i<command id> = what is remembered of it, s<0..limit-1> = the command id in that place of the
--                            ring, n = how many came, f = the highest version 7 id that was forgotten. Remembered is: the
--                            offset, LF, two bytes with the length of the digest, the digest, the rest: the receipt
--
-- Everything is checked before the first write, types included: an error leaves nothing half done. Redis refuses a
-- function that writes before it starts (OOM, MISCONF, NOREPLICAS, READONLY), never in its middle.
--
-- A call of redis.call costs more than what most commands do, and each argument its part: that is why many commits are one
-- call, their states one MSET, and what several of them name is named once.

-- Bytes, not the collation of the server's locale, which is what < means for strings in Redis.
local function bytes_less(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then
      return x < y
    end
  end
  return #a < #b
end

local function is_version_7(id)
  return #id == 16 and math.floor(string.byte(id, 7) / 16) == 7
end

local function split_id(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end

local function id_less(a, b)
  local a_ms, a_seq = split_id(a)
  local b_ms, b_seq = split_id(b)
  return a_ms < b_ms or (a_ms == b_ms and a_seq < b_seq)
end

local function id_before(id)
  local ms, seq = split_id(id)
  if seq > 0 then
    return string.format('%.0f-%.0f', ms, seq - 1)
  end
  return string.format('%.0f-18446744073709551615', ms - 1)
end

-- What XINFO STREAM says, by name; nil where there is no log yet.
local function log_info(log)
  if redis.call('EXISTS', log) == 0 then
    return nil
  end
  local flat, info = redis.call('XINFO', 'STREAM', log), {}
  for i = 1, #flat, 2 do
    info[flat[i]] = flat[i + 1]
  end
  return info
end

-- The highest id that is gone. XTRIM leaves no trace of it in the stream, so that trim notes it; where somebody else removed
-- entries meanwhile, it is the one before the first that is left.
local function oldest(info, trimmed)
  local removed = info['entries-added'] - info['length']
  if removed <= 0 then
    return '0-0'
  end
  local id, count = string.match(redis.call('GET', trimmed) or '', '^(%S+) (%d+)$')
  if not id or tonumber(count) ~= removed then
    id = info['length'] > 0 and id_before(info['recorded-first-entry-id']) or info['last-generated-id']
  end
  local deleted = info['max-deleted-entry-id']
  return id_less(id, deleted) and deleted or id
end

-- What of `values` from one index to another, in portions that fit on Lua's stack, a command's answers laid end to end.
local kPortion = 2000
local function each_portion(command, key, values, answers)
  for i = 1, #values, kPortion do
    local last = math.min(i + kPortion - 1, #values)
    local answer
    if key then
      answer = redis.call(command, key, unpack(values, i, last))
    else
      answer = redis.call(command, unpack(values, i, last))
    end
    if answers then
      for j = 1, last - i + 1 do
        answers[i + j - 1] = answer[j]
      end
    end
  end
end

-- What is remembered against what the command says: its answer.
local function answer_again(remembered, begins)
  local sub = string.sub
  local at = string.find(remembered, '\n', 1, true)
  if sub(remembered, at + 1, at + #begins) ~= begins then
    return 'reused'
  end
  return 'repeated ' .. sub(remembered, 1, at) .. sub(remembered, at + 1 + #begins)
end

local function is_too_old(command, floor)
  return floor and is_version_7(command) and not bytes_less(floor, command)
end

-- The length of the digest and the digest, which what is remembered begins with.
local function digest_of(remembered)
  local high, low = string.byte(remembered, 1, 2)
  return string.sub(remembered, 1, high * 256 + low + 2)
end

-- What the devices of a batch remember, read at once: for each key of ids the number that came, the floor, and what is
-- known of the commands that the batch brings.
local function read_ids(asked)
  local all = {}
  for key, commands in pairs(asked) do
    local fields = {'n', 'f'}
    for i = 1, #commands do
      fields[i + 2] = 'i' .. commands[i]
    end
    local found = redis.call('HMGET', key, unpack(fields))
    local known = {}
    for i = 1, #commands do
      known[commands[i]] = found[i + 2]
    end
    all[key] = {came = tonumber(found[1] or '0'), floor = found[2], known = known, more = #commands, set = {}, gone = {}}
  end
  return all
end

-- Whether an id says that it was made later than now: the first six bytes of a version 7 id are milliseconds since 1970.
local function is_ahead(id, now)
  if not is_version_7(id) then
    return false
  end
  local ms = 0
  for i = 1, 6 do
    ms = ms * 256 + string.byte(id, i)
  end
  return ms > now
end

-- The ids in so many places of the ring, from the one of the command that comes as number `first` on.
local function places(key, first, count, limit)
  local fields = {}
  for i = 1, count do
    fields[i] = 's' .. ((first + i - 1) % limit)
  end
  return redis.call('HMGET', key, unpack(fields))
end

-- The id whose turn it is to be forgotten. Those that are ahead of the clock are passed over, up to half of what is
-- remembered, and count as come just now: one from a phone whose clock ran ahead would raise the floor above all honest ids.
-- Where the floor is ahead already there is nothing to save.
local function to_forget(key, ids, limit, now)
  local at = ids.came - (ids.first or ids.came) + 1
  if not ids.slots or at > #ids.slots then
    ids.slots, ids.first, at = places(key, ids.came, math.max(1, math.min(ids.more, limit)), limit), ids.came, 1
  end
  local forgotten = ids.slots[at]
  if not is_ahead(forgotten, now) or (ids.floor and is_ahead(ids.floor, now)) then
    return forgotten
  end
  for i, id in ipairs(places(key, ids.came + 1, limit / 2, limit)) do
    if not is_ahead(id, now) then
      ids.came = ids.came + i
      return id
    end
  end
  return forgotten
end

-- Notes that a command came with the event at this offset; one is forgotten for it where the ring is full. Written by
-- write_ids.
local function remember(key, ids, command, remembered, limit, offset)
  if ids.came >= limit then
    local forgotten = to_forget(key, ids, limit, (split_id(offset)))
    ids.gone[#ids.gone + 1] = 'i' .. forgotten
    ids.known[forgotten] = false
    if is_version_7(forgotten) and (not ids.floor or bytes_less(ids.floor, forgotten)) then
      ids.floor, ids.raised = forgotten, true
    end
  end
  local slot = ids.came % limit
  ids.came = ids.came + 1
  ids.known[command] = remembered
  local set = ids.set
  local n = #set
  set[n + 1], set[n + 2], set[n + 3], set[n + 4] = 's' .. slot, command, 'i' .. command, remembered
end

local function write_ids(all)
  for key, ids in pairs(all) do
    local set = ids.set
    local n = #set
    if n > 0 then
      if #ids.gone > 0 then
        redis.call('HDEL', key, unpack(ids.gone))
      end
      set[n + 1], set[n + 2] = 'n', ids.came
      if ids.raised then
        set[n + 3], set[n + 4] = 'f', ids.floor
      end
      redis.call('HSET', key, unpack(set))
    end
  end
end

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- The timers of a batch, as its last argument has them: lines of the number of the commit and what it does to which, `+` and
-- for how many milliseconds (it is set), `-` (it is cancelled), `!` (the commit is its firing), a space, the name. For each
-- commit that has any: what it fires, and what it changes.
local function read_timers(text)
  local by_commit = {}
  for number, what, after, name in string.gmatch(text, '(%d+)([+!-])(%d*) ([^\n]*)\n') do
    local of = by_commit[tonumber(number)]
    if not of then
      of = {changes = {}}
      by_commit[tonumber(number)] = of
    end
    if what == '!' then
      of.fires = name
    end
    of.changes[#of.changes + 1] = {name, what == '+' and tonumber(after)}
  end
  return by_commit
end

-- Why a timer cannot fire: it is not set, or not due; nil where it can. `dues`: as earlier commits of the batch left them.
local function why_not_firing(deadline, dues, name, now)
  local due = dues[name]
  if due == nil then
    due = tonumber(redis.call('ZSCORE', deadline, name) or false)
  end
  if not due then
    return 'conflict'
  end
  return due > now and 'early' or nil
end

-- Many commands' whole effects, one after the other; each is all or nothing.
-- KEYS  1 epoch, 2 log, 3 open; a key for each check; then for each commit: the device's ids, each state, each new key
-- ARGV  1 epoch, 2 how many ids are remembered, 3 how many checks, 4 how many commits;
--       for each check what must stand in a state behind its offset: version, LF, a byte with the length of the stamp,
--       the stamp (0 and no stamp: there is none);
--       for each commit: a head, the command id (empty: not remembered), what is remembered of it without the offset, the event, its
--       SHA-256, each state without the offset, each new key's bytes.
--       A head: how many states, how many new keys (two bytes each, the higher first); for each state a byte, + to be loaded at
--       start, - no more, or . as it was; for each check that it rests on its number, from 1, in two bytes.
-- Reply 'epoch', or for each commit `stored <offset>`, `repeated <offset>`LF and the receipt, `reused`, `old`, `conflict`;
-- and whether a command had a conflict
local function commit(keys, args, deadline, timers_text)
  local byte, sub = string.byte, string.sub
  local log, open = keys[2], keys[3]
  local limit, checks, commits = tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
  if redis.call('GET', keys[1]) ~= args[1] then
    return 'epoch'
  end

  -- Everything that is read, before anything is written.
  local now, distinct = {}, {}
  for i = 4, 3 + checks do
    local key = keys[i]
    if now[key] == nil then
      now[key] = false
      distinct[#distinct + 1] = key
    end
  end
  local held = {}
  each_portion('MGET', nil, distinct, held)
  for i = 1, #distinct do
    local value = held[i]
    if value then
      local at = string.find(value, '\n', 1, true)
      now[distinct[i]] = at and sub(value, at + 1) or ''
    end
  end
  local asked, wanted = {}, {}
  local key_at, at = 3 + checks, 4 + checks
  for _ = 1, commits do
    local s1, s2, k1, k2 = byte(args[at + 1], 1, 4)
    local states, new_keys = s1 * 256 + s2, k1 * 256 + k2
    local command = args[at + 2]
    if command ~= '' then
      local ids = keys[key_at + 1]
      local list = asked[ids]
      if list then
        list[#list + 1] = command
      else
        asked[ids] = {command}
      end
    end
    for i = 1, new_keys do
      wanted[#wanted + 1] = keys[key_at + 1 + states + i]
    end
    key_at = key_at + 1 + states + new_keys
    at = at + 5 + states + new_keys
  end
  local ids_of = read_ids(asked)
  local taken = {}
  if #wanted > 0 then
    local there = 0
    for i = 1, #wanted, kPortion do
      there = there + redis.call('EXISTS', unpack(wanted, i, math.min(i + kPortion - 1, #wanted)))
    end
    for i = 1, there > 0 and #wanted or 0 do
      taken[wanted[i]] = redis.call('EXISTS', wanted[i]) == 1
    end
  end
  redis.call('SCARD', open)
  local timers, dues, time = read_timers(timers_text), {}, nil
  if next(timers) then
    time = now_ms()
    redis.call('ZCARD', deadline)
  end

  local replies, sets, opened, closed = {}, {}, {}, {}
  local set_count, beaten = 0, false
  key_at, at = 3 + checks, 4 + checks
  for number = 1, commits do
    local head, command, remembered = args[at + 1], args[at + 2], args[at + 3]
    local s1, s2, k1, k2 = byte(head, 1, 4)
    local states, new_keys = s1 * 256 + s2, k1 * 256 + k2
    local ids_key = keys[key_at + 1]
    local ids, reply
    if command ~= '' then
      ids = ids_of[ids_key]
      local before = ids.known[command]
      if before then
        reply = answer_again(before, digest_of(remembered))
      elseif is_too_old(command, ids.floor) then
        reply = 'old'
      end
    end
    if not reply then
      for i = 5 + states, #head, 2 do
        local c1, c2 = byte(head, i, i + 1)
        local check = c1 * 256 + c2
        local want, is = args[4 + check], now[keys[3 + check]]
        if is then
          if sub(is, 1, #want) ~= want then
            reply = 'conflict'
          end
        elseif want ~= '0\n\0' then
          reply = 'conflict'
        end
      end
      for i = 1, new_keys do
        if taken[keys[key_at + 1 + states + i]] then
          reply = 'conflict'
        end
      end
    end
    local of_timers = timers[number]
    if not reply and of_timers and of_timers.fires then
      reply = why_not_firing(deadline, dues, of_timers.fires, time)
    end
    if not reply then
      local offset = redis.call('XADD', log, '*', 'e', args[at + 4], 'd', args[at + 5])
      local begins = offset .. '\n'
      for i = 1, states do
        local key, value = keys[key_at + 1 + i], args[at + 5 + i]
        now[key] = value
        sets[set_count + 1], sets[set_count + 2] = key, begins .. value
        set_count = set_count + 2
        local mark = byte(head, 4 + i)
        if mark == 43 then
          opened[key], closed[key] = true, nil
        elseif mark == 45 then
          opened[key], closed[key] = nil, true
        end
      end
      for i = 1, new_keys do
        local key = keys[key_at + 1 + states + i]
        taken[key] = true
        sets[set_count + 1], sets[set_count + 2] = key, args[at + 5 + states + i]
        set_count = set_count + 2
      end
      for _, change in ipairs(of_timers and of_timers.changes or {}) do
        dues[change[1]] = change[2] and time + change[2]
      end
      if ids then
        remember(ids_key, ids, command, begins .. remembered, limit, offset)
      end
      reply = 'stored ' .. offset
    end
    replies[number] = reply
    beaten = beaten or (reply == 'conflict' and command ~= '')
    key_at = key_at + 1 + states + new_keys
    at = at + 5 + states + new_keys
  end

  each_portion('MSET', nil, sets)
  local set, gone = {}, {}
  for name, due in pairs(dues) do
    if due then
      set[#set + 1], set[#set + 2] = string.format('%.0f', due), name
    else
      gone[#gone + 1] = name
    end
  end
  each_portion('ZADD', deadline, set)
  each_portion('ZREM', deadline, gone)
  for command, members in pairs({SADD = opened, SREM = closed}) do
    local list = {}
    for key in pairs(members) do
      list[#list + 1] = key
    end
    each_portion(command, open, list)
  end
  write_ids(ids_of)
  return replies, beaten
end

-- The same with timers: one key more, the last, is the deadlines; one argument more, the last, the timers of all (read_timers).
-- Reply as before; `early` where what a commit fires is not due
local function commit_with_timers(keys, args)
  return (commit(keys, args, keys[#keys], args[#args]))
end

-- The same in turn, so that no command is decided again and again while other hubs' commits go before it: where one had a
-- conflict, its hub alone may commit until it has decided again, or for 300 ms.
-- One key more, the last, is the turn; two arguments more, the last: who asks, and 1 where it is with what had a conflict.
-- Reply as before; `wait` while it is another hub's turn
local function commit_in_turn(keys, args)
  local turn, hub = keys[#keys], args[#args - 1]
  local holder = redis.call('GET', turn)
  if holder and holder ~= hub then
    return 'wait'
  end
  local replies, beaten = commit(keys, args, keys[#keys - 1], args[#args - 2])
  if beaten then
    redis.call('SET', turn, hub, 'PX', 300)
  elseif holder and args[#args] == '1' then
    redis.call('DEL', turn)
  end
  return replies
end

-- Timers that are due.
-- KEYS 1 deadlines · ARGV 1 how many at most · Reply {milliseconds until the next that is set or -1, name, name, …}
local function due(keys, args)
  local now = now_ms()
  local at = string.format('%.0f', now)
  local names = redis.call('ZRANGE', keys[1], '-inf', at, 'BYSCORE', 'LIMIT', 0, args[1])
  local coming = redis.call('ZRANGE', keys[1], '(' .. at, '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
  table.insert(names, 1, coming[2] and string.format('%.0f', tonumber(coming[2]) - now) or '-1')
  return names
end

-- Leaves a word for the other hubs, and answers theirs. Each is kept as `<until when> <word>`, by hub.
-- KEYS 1 words · ARGV 1 the hub, 2 its word or empty, 3 for how many milliseconds · Reply the others' words
local function leave_word(keys, args)
  local now = now_ms()
  local flat, others = redis.call('HGETALL', keys[1]), {}
  for i = 1, #flat, 2 do
    local till, word = string.match(flat[i + 1], '^(%d+) (.*)$')
    if not till or tonumber(till) <= now then
      redis.call('HDEL', keys[1], flat[i])
    elseif flat[i] ~= args[1] then
      others[#others + 1] = word
    end
  end
  if args[2] == '' then
    redis.call('HDEL', keys[1], args[1])
  else
    redis.call('HSET', keys[1], args[1], string.format('%.0f ', now + tonumber(args[3])) .. args[2])
  end
  return others
end

-- What is known of a command, without storing anything.
-- KEYS 1 the device's ids · ARGV 1 command id, 2 two bytes with the length of its digest, and the digest
-- Reply as one of commit's; `conflict` where nothing is known
local function recall(keys, args)
  local ids = read_ids({[keys[1]] = {args[1]}})[keys[1]]
  local before = ids.known[args[1]]
  if before then
    return answer_again(before, args[2])
  end
  return is_too_old(args[1], ids.floor) and 'old' or 'conflict'
end

-- How far the log goes, and whether it still holds what the caller has seen of it.
-- KEYS 1 epoch, 2 log, 3 trimmed · ARGV 1 the epoch that the caller knows, 2 the highest offset that it has seen in it
-- Reply {epoch or '', last, oldest, 1 where what was seen is gone without having been trimmed, else 0}
local function head(keys, args)
  local epoch, info = redis.call('GET', keys[1]) or '', log_info(keys[2])
  local last, first_kept_after = '0-0', '0-0'
  if info then
    last, first_kept_after = info['last-generated-id'], oldest(info, keys[3])
  end
  local lost, seen = 0, args[2]
  if epoch == args[1] and seen ~= '0-0' then
    if id_less(last, seen) then
      lost = 1
    elseif id_less(first_kept_after, seen) and #redis.call('XRANGE', keys[2], seen, seen) == 0 then
      lost = 1
    end
  end
  return {epoch, last, first_kept_after, lost}
end

-- Makes an epoch where there is none, or another one where it still is the one given.
-- KEYS 1 epoch · ARGV 1 the old epoch, or empty, 2 the new one · Reply the epoch that then holds
local function renew(keys, args)
  local epoch = redis.call('GET', keys[1])
  if epoch and epoch ~= args[1] then
    return epoch
  end
  redis.call('SET', keys[1], args[2])
  return args[2]
end

-- Removes the oldest entries, but none after an offset, and none of a number that stay.
-- KEYS 1 log, 2 trimmed · ARGV 1 the offset, 2 how many stay, 3 how many go at most in this call
-- Reply how many went
local function trim(keys, args)
  local log = keys[1]
  local length = redis.call('XLEN', log)
  local most = math.min(length - tonumber(args[2]), tonumber(args[3]))
  if most <= 0 then
    return 0
  end
  local found = redis.call('XRANGE', log, '-', args[1], 'COUNT', most)
  if #found == 0 then
    return 0
  end
  redis.call('GET', keys[2])
  redis.call('XTRIM', log, 'MAXLEN', '=', length - #found)
  local info = log_info(log)
  redis.call('SET', keys[2], found[#found][1] .. ' ' .. (info['entries-added'] - info['length']))
  return #found
end

redis.register_function('tocsin_commit_v2', function(keys, args) return (commit(keys, args, nil, '')) end)
redis.register_function('tocsin_commit_v3', commit_with_timers)
redis.register_function('tocsin_commit_v4', commit_in_turn)
redis.register_function('tocsin_leave_word_v1', leave_word)
redis.register_function{function_name = 'tocsin_due_v1', callback = due, flags = {'no-writes'}}
redis.register_function{function_name = 'tocsin_recall_v2', callback = recall, flags = {'no-writes'}}
redis.register_function{function_name = 'tocsin_head_v1', callback = head, flags = {'no-writes'}}
redis.register_function('tocsin_renew_epoch_v1', renew)
redis.register_function{function_name = 'tocsin_trim_v1', callback = trim, flags = {'allow-oom'}}
