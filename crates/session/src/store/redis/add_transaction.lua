-- KEYS[1]: the transaction; KEYS[2]: its application.
local version, browser, request, progress, expires_at, time_to_live = unpack(ARGV)
if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then
    return 0
end
redis.call('HSET', KEYS[1], 'version', version, 'browser', browser, 'request', request,
    'progress', progress, 'expires_at', expires_at)
redis.call('PEXPIRE', KEYS[1], time_to_live)
redis.call('HSET', KEYS[2], 'client_id', ARGV[7], 'expires_at', ARGV[8])
redis.call('PEXPIRE', KEYS[2], ARGV[9])
return 1
