local function open_session(keys, args)
    local field, session = args[1], cmsgpack.unpack(args[2])
    local user, version = args[3], args[4]
    local previous, now, time_to_live = args[5], tonumber(args[6]), tonumber(args[7])

    local kept = redis.call('HGET', keys[1], 'version')
    -- A corrupt session must not keep its user from signing in.
    local earlier, live = read(redis.call('HGET', keys[1], previous), now)
    local newest = kept and kept >= version and kept or version
    if live and not is_revoked(earlier, newest) then
        local proved = proved_at(session)
        for _, index in ipairs({SID, CREATED, CLIENTS, INITIAL_IP, INITIAL_AGENT}) do
            session[index] = earlier[index]
        end
        session[PROVED] = proved - session[CREATED]
        note_device(session, args[8], args[9])
    end

    -- Written before anything is removed, so that running out of memory here changes nothing.
    local value = cmsgpack.pack(session)
    if newest == version then
        redis.call('HSET', keys[1], 'user', user, 'version', version)
    end
    put(keys[1], field, value, now)
    redis.call('HDEL', keys[1], previous)
    if redis.call('PTTL', keys[1]) < time_to_live then
        redis.call('PEXPIRE', keys[1], time_to_live)
    end

    -- Removes a few expired sessions at each sign-in, so that the work stays bounded.
    for _, name in ipairs(redis.call('HRANDFIELD', keys[1], 8)) do
        local held, alive = read(redis.call('HGET', keys[1], name), now)
        if held and not alive and name ~= 'user' then
            redis.call('HDEL', keys[1], name)
        end
    end
    return value
end
