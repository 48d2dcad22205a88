-- keys[1]: the transaction; keys[2]: its application.
local function add_transaction(keys, args)
    local version, browser, request, progress, expires_at, time_to_live = unpack(args)
    if redis.call('EXISTS', keys[1], keys[2]) > 0 then
        return 0
    end
    redis.call('HSET', keys[1], 'version', version, 'browser', browser, 'request', request,
        'progress', progress, 'expires_at', expires_at)
    redis.call('PEXPIRE', keys[1], time_to_live)
    redis.call('HSET', keys[2], 'client_id', args[7], 'expires_at', args[8])
    redis.call('PEXPIRE', keys[2], args[9])
    return 1
end

local function update_transaction(keys, args)
    local held_version, version, progress = args[1], args[2], args[3]
    local expires_at, now, backstop = tonumber(args[4]), tonumber(args[5]), tonumber(args[6])
    local held = redis.call('HMGET', keys[1], 'version', 'expires_at')
    if held[1] ~= held_version or now >= tonumber(held[2]) then
        return 0
    end
    expires_at = math.min(expires_at, tonumber(held[2]))
    redis.call('HSET', keys[1], 'version', version, 'progress', progress, 'expires_at', expires_at)
    redis.call('PEXPIRE', keys[1], math.max(expires_at - now, 0) + backstop)
    return 1
end
