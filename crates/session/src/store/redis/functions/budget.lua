-- Data that requests without a session add is refused once a percentage of the memory is used.

-- Seconds between two readings of the memory. Additions in between are estimated.
local READING = 0.05
-- Overhead of a key in bytes, and factor of the allocation of a value.
local OVERHEAD, ROUNDING = 250, 1.25
local read_at, used_bytes, added_bytes, max_bytes

local function read_memory()
    local time = redis.call('TIME')
    local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
    -- The clock may have been set back.
    if read_at and now >= read_at and now < read_at + READING then
        return
    end
    local info = redis.call('INFO', 'memory')
    used_bytes = tonumber(string.match(info, '\nused_memory:(%d+)'))
    max_bytes = tonumber(string.match(info, '\nmaxmemory:(%d+)'))
    read_at, added_bytes = now, 0
end

-- Writes a value that counts for the budget.
local function put_value(key, value, time_to_live)
    added_bytes = added_bytes + OVERHEAD + ROUNDING * #value
    redis.call('SET', key, value, 'PX', time_to_live)
end

-- Whether this percentage of the memory is used. `fallback` is the limit of a server without maxmemory; 0 is no limit.
local function is_used(percent, fallback)
    read_memory()
    local limit = max_bytes > 0 and max_bytes or tonumber(fallback)
    return limit > 0 and used_bytes + added_bytes >= limit * percent / 100
end

-- Counts a sign-in of an address (keys[1]). Allows `most` in each window, which is the life of an untouched
-- transaction.
local function count_transaction(keys, args)
    local most, window, now, backstop = tonumber(args[3]), tonumber(args[4]), tonumber(args[5]), tonumber(args[6])
    if is_used(tonumber(args[1]), args[2]) then
        return 'no room'
    end
    local began, count = string.match(redis.call('GET', keys[1]) or '', '^(%d+):(%d+)$')
    began, count = tonumber(began), tonumber(count)
    -- Clocks differ: a window may have begun a little later than now.
    if not began or now >= began + window or now < began - window then
        began, count = now, 0
    end
    if count >= most then
        return 'too many'
    end
    local value = string.format('%d:%d', began, count + 1)
    put_value(keys[1], value, began + window - now + backstop)
    return 'kept'
end

-- Adds a transaction to those of a browser (keys[1]). Removes and returns the oldest if there are too many.
local function note_transaction(keys, args)
    local id, most, window, now, backstop = args[3], tonumber(args[4]), tonumber(args[5]), tonumber(args[6]), tonumber(args[7])
    if is_used(tonumber(args[1]), args[2]) then
        return false
    end
    local decoded, held = pcall(cmsgpack.unpack, redis.call('GET', keys[1]) or '')
    local noted = {}
    for i = 1, decoded and type(held) == 'table' and #held or 0, 2 do
        if held[i + 1] + window > now then
            table.insert(noted, held[i])
            table.insert(noted, held[i + 1])
        end
    end
    table.insert(noted, id)
    table.insert(noted, now)
    local oldest = false
    if #noted > 2 * most then
        oldest = table.remove(noted, 1)
        table.remove(noted, 1)
    end
    put_value(keys[1], cmsgpack.pack(noted), window + backstop)
    return oldest
end
