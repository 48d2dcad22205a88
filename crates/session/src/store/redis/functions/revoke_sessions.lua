local function revoke_sessions(keys, args)
    local which, sid, now = args[1], args[2], tonumber(args[3])

    local fields = redis.call('HGETALL', keys[1])
    local version
    for i = 1, #fields, 2 do
        if fields[i] == 'version' then
            version = fields[i + 1]
        end
    end

    local revoked = 0
    for i = 1, #fields, 2 do
        local name = fields[i]
        if name ~= 'user' and name ~= 'version' then
            local session, live = read(fields[i + 1], now)
            local is_it = session and session[SID] == sid
            if which == 'all' or (which == 'only' and is_it) or (which == 'all but' and not is_it) then
                remove(keys[1], name)
                if live and not is_revoked(session, version) then
                    revoked = revoked + 1
                end
            end
        end
    end
    write_something(keys)
    return revoked
end
