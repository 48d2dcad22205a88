-- Versions have a fixed length, so that they compare as text.
local function put_user(keys, args)
    local version, user, is_revoking = args[1], args[2], args[3] == '1'
    local kept = redis.call('HGET', keys[1], 'version')
    if kept and kept < version or not kept and is_revoking then
        redis.call('HSET', keys[1], 'version', version, 'user', user)
    end
    if is_revoking then
        if redis.call('PTTL', keys[1]) < SIGN_IN then
            redis.call('PEXPIRE', keys[1], SIGN_IN)
        end
        write_something(keys)
    end
    return redis.status_reply('OK')
end
