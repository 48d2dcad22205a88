local field, session = ARGV[1], cjson.decode(ARGV[2])
local user, version = ARGV[3], ARGV[4]
local previous, now, time_to_live = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])

local kept = redis.call('HGET', KEYS[1], 'version')
-- A corrupt session must not keep its user from signing in.
local earlier, live = read(redis.call('HGET', KEYS[1], previous), now)
local newest = kept and kept >= version and kept or version
if live and not is_revoked(earlier, newest) then
    session.sid, session.created, session.clients = earlier.sid, earlier.created, earlier.clients
    session.ip, session.agent = earlier.ip, earlier.agent
end

-- Written before anything is removed, so that running out of memory here changes nothing.
local value = cjson.encode(session)
if newest == kept then
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
    local held, live = read(redis.call('HGET', KEYS[1], name), now)
    if held and not live and name ~= 'user' then
        redis.call('HDEL', KEYS[1], name)
    end
end
return value
