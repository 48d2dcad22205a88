-- KEYS[1]: the user's hash. Versions have one length, so that they compare as text.
local version = redis.call('HGET', KEYS[1], 'version')
if version and version < ARGV[1] then
    redis.call('HSET', KEYS[1], 'version', ARGV[1], 'user', ARGV[2])
end
