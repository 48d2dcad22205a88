-- Functions on single values.
local function find_all_fields(keys)
    return redis.call('HGETALL', keys[1])
end

local function find_value(keys)
    return redis.call('GET', keys[1])
end

-- A replica that acknowledges this has all earlier writes.
local function fence(keys)
    write_something(keys)
    return redis.status_reply('OK')
end

-- Adds an opaque access token, unless the key exists.
local function add_access_token(keys, args)
    if is_used(tonumber(args[1]), args[2]) then
        return 'no room'
    end
    if redis.call('EXISTS', keys[1]) > 0 then
        return 'used before'
    end
    put_value(keys[1], args[3], args[4])
    return 'kept'
end

-- Replaces a value, unless it has changed since it was read. Nothing read is the empty text.
local function swap_counter(keys, args)
    if is_used(tonumber(args[1]), args[2]) then
        return 'no room'
    end
    if (redis.call('GET', keys[1]) or '') ~= args[3] then
        return 'used before'
    end
    put_value(keys[1], args[4], args[5])
    return 'kept'
end
