local read, version, progress = ARGV[1], ARGV[2], ARGV[3]
local expires_at, now, backstop = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

local held = redis.call('HMGET', KEYS[1], 'version', 'expires_at')
if held[1] ~= read or now >= tonumber(held[2]) then
    return 0
end
expires_at = math.min(expires_at, tonumber(held[2]))
redis.call('HSET', KEYS[1], 'version', version, 'progress', progress, 'expires_at', expires_at)
redis.call('PEXPIRE', KEYS[1], math.max(expires_at - now, 0) + backstop)
return 1
