-- What the scripts on sessions share; put before each of them. KEYS[1] is a user's hash, as redis.rs describes it;
-- a session is JSON, as record.rs describes it; time is in milliseconds. SIGN_IN is that of store.rs.

-- Whether a session has not ended. Lower limits than those it was opened with count; higher ones do not.
local function is_live(session, now, absolute, idle)
    return now < session.proved + math.min(session.absolute, absolute)
        and now < session.used + math.min(session.idle, idle)
end

-- Whether a change of the user has ended a session; the second half of `version` says which sessions count.
local function is_revoked(session, version)
    return (tonumber(session.version) or 0) < (tonumber(string.sub(version or '', 22)) or 0)
end

-- The session in a field that is live under its own limits. Nothing for what is absent or cannot be read.
local function read(value, now)
    local decoded, session = pcall(cjson.decode, value or '')
    local valid, live = pcall(is_live, session, now, math.huge, math.huge)
    if decoded and valid then
        return session, live
    end
end

-- Ends sessions. The copy of a user without sessions (two fields) is kept a little longer, in case it has ended one that
-- is still to be opened.
local function remove(...)
    local removed = redis.call('HDEL', KEYS[1], ...)
    if removed > 0 and redis.call('HLEN', KEYS[1]) == 2 then
        redis.call('PEXPIRE', KEYS[1], SIGN_IN)
    end
    return removed
end
