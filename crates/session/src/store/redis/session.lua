-- What the scripts on sessions share; put before each of them. KEYS[1] is a user's hash, as redis.rs describes it;
-- a session is JSON, as record.rs describes it; time is in milliseconds.

-- Whether a session has not ended. Lower limits than those it was opened with count; higher ones do not.
local function is_live(session, now, absolute, idle)
    return now < session.proved + math.min(session.absolute, absolute)
        and now < session.used + math.min(session.idle, idle)
end

-- Ends a session. The copy of a user without sessions (two fields) is not kept.
local function remove(field)
    local removed = redis.call('HDEL', KEYS[1], field)
    if removed == 1 and redis.call('HLEN', KEYS[1]) == 2 then
        redis.call('DEL', KEYS[1])
    end
    return removed
end
