local version, browser, request, progress, expires_at, time_to_live = unpack(ARGV)
if redis.call('EXISTS', KEYS[1]) == 1 then
    return 0
end
redis.call('HSET', KEYS[1], 'version', version, 'browser', browser, 'request', request,
    'progress', progress, 'expires_at', expires_at)
redis.call('PEXPIRE', KEYS[1], time_to_live)
return 1
