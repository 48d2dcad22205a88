-- Indexes into the array that transaction_record.rs writes. Instants are milliseconds since 1970.
local TRANSACTION = {version = 1, ends_at = 3, expires_at = 4, was_touched = 5, progress = 6}

-- keys[1]: the transaction; keys[2]: its application, which is kept only while there is enough room.
local function add_transaction(keys, args)
    local percent, fallback = tonumber(args[1]), args[2]
    if is_used(percent, fallback) then
        return 'no room'
    end
    if redis.call('EXISTS', keys[1], keys[2]) > 0 then
        return 'used before'
    end
    put_value(keys[1], args[3], args[4])
    if not is_used(percent / 2, fallback) then
        put_value(keys[2], args[5], args[6])
    end
    return 'kept'
end

local function update_transaction(keys, args)
    local held_version, version, progress, is_touched = args[1], args[2], args[3], args[6] == '1'
    local expires_at, now, backstop = tonumber(args[4]), tonumber(args[5]), tonumber(args[7])
    local value = redis.call('GET', keys[1])
    if not value then
        return 0
    end
    local held = cmsgpack.unpack(value)
    if held[TRANSACTION.version] ~= held_version or now >= held[TRANSACTION.ends_at] then
        return 0
    end
    expires_at = math.min(expires_at, held[TRANSACTION.expires_at])
    is_touched = is_touched or held[TRANSACTION.was_touched]
    local ends_at = is_touched and expires_at or math.min(expires_at, held[TRANSACTION.ends_at])
    held[TRANSACTION.version], held[TRANSACTION.progress] = version, progress
    held[TRANSACTION.ends_at], held[TRANSACTION.expires_at] = ends_at, expires_at
    held[TRANSACTION.was_touched] = is_touched
    redis.call('SET', keys[1], cmsgpack.pack(held), 'PX', math.max(ends_at - now, 0) + backstop)
    return 1
end

-- Removes a transaction unless a form was submitted meanwhile.
local function drop_transaction(keys)
    local value = redis.call('GET', keys[1])
    if not value or cmsgpack.unpack(value)[TRANSACTION.was_touched] then
        return 0
    end
    return redis.call('DEL', keys[1])
end
