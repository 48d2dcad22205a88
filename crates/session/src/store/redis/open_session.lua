local field, session = ARGV[1], cjson.decode(ARGV[2])
local user, version = ARGV[3], ARGV[4]
local previous, now, time_to_live = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])

-- A session that can be read and has not ended.
local function live(name)
    local value = redis.call('HGET', KEYS[1], name)
    local read, held = pcall(cjson.decode, value or '')
    local known, alive = pcall(is_live, held, now, math.huge, math.huge)
    return read and known and alive and held, read and known
end

local earlier = live(previous)
if earlier then
    session.sid, session.created, session.clients = earlier.sid, earlier.created, earlier.clients
    session.ip, session.agent = earlier.ip, earlier.agent
end

-- Written before anything is removed, so that running out of memory here changes nothing.
local value = cjson.encode(session)
local kept = redis.call('HGET', KEYS[1], 'version')
if kept and kept >= version then
    redis.call('HSET', KEYS[1], field, value)
else
    redis.call('HSET', KEYS[1], field, value, 'user', user, 'version', version)
end
redis.call('HDEL', KEYS[1], previous)
if redis.call('PTTL', KEYS[1]) < time_to_live then
    redis.call('PEXPIRE', KEYS[1], time_to_live)
end

-- Sessions that nobody came back to: a few at each sign-in, so that the work stays bounded however many there are.
for _, name in ipairs(redis.call('HRANDFIELD', KEYS[1], 8)) do
    if name ~= 'user' and name ~= 'version' then
        local alive, readable = live(name)
        if readable and not alive then
            redis.call('HDEL', KEYS[1], name)
        end
    end
end
return value
