-- Positions have a fixed length, so that they compare as text.
local function put_user_relay_position(keys, args)
    local position = redis.call('GET', keys[1])
    if not position or position < args[1] then
        redis.call('SET', keys[1], args[1])
    end
    return redis.status_reply('OK')
end
