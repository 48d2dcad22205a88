-- Reading and writing of what needs nothing else, but the marker.
local function find_fields(keys, args)
    return redis.call('HMGET', keys[1], unpack(args))
end

local function find_all_fields(keys)
    return redis.call('HGETALL', keys[1])
end

local function find_value(keys)
    return redis.call('GET', keys[1])
end

-- A replica that acknowledges this has everything that was written before.
local function fence(keys)
    write_something(keys)
    return redis.status_reply('OK')
end

-- An opaque access token, unless there is one already.
local function add_value(keys, args)
    return redis.call('SET', keys[1], args[1], 'NX', 'PX', args[2])
end
