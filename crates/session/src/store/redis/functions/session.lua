-- Shared by the functions on sessions. The rules are listed in store.rs, beside the Rust functions with the same
-- meaning. keys[1] is a user's hash, as redis.rs describes it; a session is an array in MessagePack, as record.rs
-- describes it. Instants are milliseconds, limits are seconds. SIGN_IN is that of store.rs.

local SID, CREATED, PROVED, USED, ABSOLUTE, IDLE = 1, 2, 3, 4, 5, 6
local PERSISTENT, VERSION, CLIENTS, INITIAL_IP, INITIAL_AGENT, VIA, LAST_DEVICE = 7, 8, 9, 10, 11, 12, 13

-- Last check of the credential, and last use. Each is stored as the difference to the one before.
local function proved_at(session)
    return session[CREATED] + session[PROVED]
end

local function used_at(session)
    return proved_at(session) + session[USED]
end

-- Whether no limit has ended a session. Current limits apply where they are lower than those set at sign-in.
local function is_live(session, now, absolute, idle)
    return now < proved_at(session) + math.min(session[ABSOLUTE], absolute) * 1000
        and now < used_at(session) + math.min(session[IDLE], idle) * 1000
end

-- Whether a change of the user has revoked a session. The second half of `version` is the oldest version that counts.
local function is_revoked(session, version)
    return session[VERSION] < (tonumber(string.sub(version or '', 22)) or 0)
end

-- Decodes a session, and whether it is live under its own limits. nil if it is absent or corrupt.
local function read(value, now)
    local decoded, session = pcall(cmsgpack.unpack, value or '')
    local valid, live = pcall(is_live, session, now, math.huge, math.huge)
    if decoded and valid and type(session[VERSION]) == 'number' and type(session[CLIENTS]) == 'table' then
        return session, live
    end
end

-- Writes the device of a use: none if it is the one at sign-in, and no agent if only the address differs.
local function note_device(session, ip, agent)
    local same_agent = agent == session[INITIAL_AGENT]
    if same_agent and ip == session[INITIAL_IP] then
        session[LAST_DEVICE] = nil
    else
        session[LAST_DEVICE] = same_agent and {ip} or {ip, agent}
    end
end

-- Adds or replaces a session. Beyond MAX_SESSIONS, removes the one that was used longest ago, of a random sample.
local function put(key, field, value, now)
    redis.call('HSET', key, field, value)
    if redis.call('HLEN', key) <= MAX_SESSIONS + 2 then
        return
    end
    local oldest, oldest_used
    for _, name in ipairs(redis.call('HRANDFIELD', key, 32)) do
        local session = name ~= field and name ~= 'user' and name ~= 'version' and read(redis.call('HGET', key, name), now)
        if session and (not oldest or used_at(session) < oldest_used) then
            oldest, oldest_used = name, used_at(session)
        end
    end
    if oldest then
        redis.call('HDEL', key, oldest)
    end
end

-- Ends sessions. The copy of a user without sessions (two fields) is kept for a while, because it may revoke a session
-- that is still to be opened.
local function remove(key, ...)
    local removed = redis.call('HDEL', key, ...)
    if removed > 0 and redis.call('HLEN', key) == 2 then
        redis.call('PEXPIRE', key, SIGN_IN)
    end
    return removed
end

-- Writes without a change: a replica that acknowledges it has all earlier writes.
local function write_something(keys)
    local marker = keys[#keys]
    redis.call('SET', marker, redis.call('GET', marker))
end
