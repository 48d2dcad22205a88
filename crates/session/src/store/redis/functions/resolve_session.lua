local function resolve_session(keys, args)
    local field, now, client, grace = args[1], tonumber(args[2]), args[3], tonumber(args[4])
    local found = redis.call('HMGET', keys[1], field, 'user', 'version')
    if not found[1] then
        return false
    end
    local session = cmsgpack.unpack(found[1])
    local absolute, idle = tonumber(args[5]), tonumber(args[6])
    if not session[PERSISTENT] then
        absolute, idle = tonumber(args[7]), tonumber(args[8])
    end
    if not is_live(session, now, absolute, idle) then
        remove(keys[1], field)
        return false
    end
    local max_age = tonumber(args[11]) or math.huge
    if is_revoked(session, table.remove(found)) or now >= proved_at(session) + max_age * 1000 then
        return found
    end

    local known = client == ''
    for _, id in ipairs(session[CLIENTS]) do
        known = known or id == client
    end
    -- One per cent of a limit in seconds is ten times as many milliseconds.
    grace = math.min(grace, session[IDLE] * 10, idle * 10)
    if known and now < used_at(session) + grace then
        return found
    end
    if not known then
        table.insert(session[CLIENTS], client)
    end
    session[USED] = math.max(used_at(session), now) - proved_at(session)
    note_device(session, args[9], args[10])
    found[1] = cmsgpack.pack(session)
    redis.call('HSET', keys[1], field, found[1])
    return found
end
