-- Versions have one length, so that they compare as text.
local version, user, is_revoking = ARGV[1], ARGV[2], ARGV[3] == '1'
local kept = redis.call('HGET', KEYS[1], 'version')
if kept and kept < version or not kept and is_revoking then
    redis.call('HSET', KEYS[1], 'version', version, 'user', user)
end
if is_revoking and redis.call('PTTL', KEYS[1]) < SIGN_IN then
    redis.call('PEXPIRE', KEYS[1], SIGN_IN)
end
