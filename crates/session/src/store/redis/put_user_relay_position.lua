-- Positions have one length, so that they compare as text.
local position = redis.call('GET', KEYS[1])
if not position or position < ARGV[1] then
    redis.call('SET', KEYS[1], ARGV[1])
end
