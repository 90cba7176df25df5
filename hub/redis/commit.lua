#!lua name=tocsin
-- revision 2 (raised with every change of this file: a hub does not put an older library in the place of a newer one)
--
-- What must happen in Redis all at once: the functions of a district's log. All keys come through KEYS and share the
-- hash tag {district}. Each function is numbered: what it takes and answers never changes under a number, so that hubs of
-- two versions work side by side on one library, the newer one.
--
--   {d}:log                  stream; entries have the fields e (StoredEvent) and d (SHA-256 of e)
--   {d}:epoch                string
--   {d}:trimmed              string `<highest id that a trim removed> <how many were ever removed by then>`
--   {d}:state:<kind>:<id>    hash v (version), t (stamp: whose writing that version is), o (offset of the last event),
--                            e (StoredState)
--   {d}:version:<set>        the same for a set that decisions read
--   {d}:open                 sorted set of the subjects that a starting hub loads, all scores 0
--   {d}:key:<key id>         string, 32 bytes
--   {d}:ids:<device>         hash: i<command id> = what is remembered of it, s<0..limit-1> = the command id in that place of the
--                            ring, n = how many came, f = the highest version 7 id that was forgotten
--
-- Everything is checked before the first write, types included: an error leaves nothing half done. Redis refuses a
-- function that writes before it starts (OOM, MISCONF, NOREPLICAS, READONLY), never in its middle.

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

-- {'repeated', offset, receipt}, {'reused'}, {'old'}, or nil where nothing is known of the command; then what remember
-- needs: how many ids came before, and the floor.
local function known_command(ids, command, digest)
  local found = redis.call('HMGET', ids, 'i' .. command, 'n', 'f')
  local remembered, came, floor = found[1], tonumber(found[2] or '0'), found[3]
  if remembered then
    local before = cmsgpack.unpack(remembered)
    if before[1] ~= digest then
      return {'reused'}
    end
    return {'repeated', before[2], before[3]}
  end
  if floor and is_version_7(command) and not bytes_less(floor, command) then
    return {'old'}
  end
  return nil, came, floor
end

local function remember(ids, command, remembered, limit, came, floor)
  local slot = 's' .. (came % limit)
  local forgotten = came >= limit and redis.call('HGET', ids, slot)
  if forgotten then
    redis.call('HDEL', ids, 'i' .. forgotten)
    if is_version_7(forgotten) and (not floor or bytes_less(floor, forgotten)) then
      redis.call('HSET', ids, 'f', forgotten)
    end
  end
  redis.call('HSET', ids, 'n', came + 1, slot, command, 'i' .. command, cmsgpack.pack(remembered))
end

-- One command's whole effect.
-- KEYS  1 epoch, 2 log, 3 open, 4 the device's ids, then a key for each read, each state and each new key
-- ARGV  1 epoch, 2 command id (empty: not remembered), 3 its digest, 4 receipt, 5 event, 6 its SHA-256,
--       7 how many ids are remembered, 8 reads, 9 states, 10 new keys (how many of each);
--       then for each read its version, a space and its stamp (0 and nothing for none), for each state subject, version,
--       stamp, bytes and 1 (open) or 0, for each new key its bytes
-- Reply {'stored', offset}, {'repeated', offset, receipt}, {'reused'}, {'old'}, {'conflict'}, {'epoch'}
local function commit(keys, args)
  local log, open, ids, command = keys[2], keys[3], keys[4], args[2]
  local reads, states, new_keys = tonumber(args[8]), tonumber(args[9]), tonumber(args[10])
  if redis.call('GET', keys[1]) ~= args[1] then
    return {'epoch'}
  end
  local known, came, floor
  if command ~= '' then
    known, came, floor = known_command(ids, command, args[3])
    if known then
      return known
    end
  end
  local read = {}
  for i = 1, reads do
    local key = keys[4 + i]
    local held = redis.call('HMGET', key, 'v', 't')
    if (held[1] or '0') .. ' ' .. (held[2] or '') ~= args[10 + i] then
      return {'conflict'}
    end
    read[key] = true
  end
  for i = 1, new_keys do
    if redis.call('EXISTS', keys[4 + reads + states + i]) == 1 then
      return {'conflict'}
    end
  end
  for i = 1, states do
    local key = keys[4 + reads + i]
    if not read[key] then
      redis.call('HGET', key, 'v')
    end
  end
  if states > 0 then
    redis.call('ZCARD', open)
  end

  local offset = redis.call('XADD', log, '*', 'e', args[5], 'd', args[6])
  local at = 10 + reads
  for i = 1, states do
    local subject = args[at + 1]
    redis.call('HSET', keys[4 + reads + i], 'v', args[at + 2], 't', args[at + 3], 'o', offset, 'e', args[at + 4])
    if args[at + 5] == '1' then
      redis.call('ZADD', open, 0, subject)
    else
      redis.call('ZREM', open, subject)
    end
    at = at + 5
  end
  for i = 1, new_keys do
    redis.call('SET', keys[4 + reads + states + i], args[at + i])
  end
  if command ~= '' then
    remember(ids, command, {args[3], offset, args[4]}, tonumber(args[7]), came, floor)
  end
  return {'stored', offset}
end

-- What is known of a command, without storing anything.
-- KEYS 1 the device's ids · ARGV 1 command id, 2 its digest · Reply as commit's; {'conflict'} where nothing is known
local function recall(keys, args)
  local known = known_command(keys[1], args[1], args[2])
  return known or {'conflict'}
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

redis.register_function('tocsin_commit_v1', commit)
redis.register_function{function_name = 'tocsin_recall_v1', callback = recall, flags = {'no-writes'}}
redis.register_function{function_name = 'tocsin_head_v1', callback = head, flags = {'no-writes'}}
redis.register_function('tocsin_renew_epoch_v1', renew)
redis.register_function{function_name = 'tocsin_trim_v1', callback = trim, flags = {'allow-oom'}}
