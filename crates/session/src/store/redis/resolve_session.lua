local field, now, client, grace = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])

local found = redis.call('HMGET', KEYS[1], field, 'user', 'version')
if not found[1] then
    return false
end
local session = cjson.decode(found[1])
local absolute, idle = tonumber(ARGV[5]), tonumber(ARGV[6])
if not session.persistent then
    absolute, idle = tonumber(ARGV[7]), tonumber(ARGV[8])
end
if not is_live(session, now, absolute, idle) then
    remove(field)
    return false
end
if is_revoked(session, table.remove(found)) then
    return found
end

local known = client == ''
for _, id in ipairs(session.clients or {}) do
    known = known or id == client
end
grace = math.min(grace, session.idle / 100, idle / 100)
if not known or now >= session.used + grace then
    if not known then
        session.clients = session.clients or {}
        table.insert(session.clients, client)
    end
    session.used = math.max(session.used, now)
    session.last_ip, session.last_agent = ARGV[9], ARGV[10]
    found[1] = cjson.encode(session)
    redis.call('HSET', KEYS[1], field, found[1])
end
return found
