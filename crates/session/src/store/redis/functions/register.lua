-- Seconds. SILENCE is far longer than the half second between two probes of any service, and shorter than any time
-- after which a primary is replaced.
local SILENCE, CAUTION = 2, 1
-- Time of the last call on this server. Kept in memory while the library is loaded.
local called_at, doubtful_until

-- Whether this server may have been replaced without noticing: it was stopped, or cut off from all others. It serves
-- the commands that piled up in its sockets before it learns of that, so for a moment its answers do not count.
local function is_doubtful()
    local time = redis.call('TIME')
    local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
    if called_at and now > called_at + SILENCE then
        doubtful_until = now + CAUTION
    end
    called_at = now
    -- The clock may have been set back meanwhile.
    return doubtful_until and now < doubtful_until and now >= doubtful_until - CAUTION
end

-- A store that has lost its marker (keys[#keys]) has lost what lay beside it too: what is not there proves nothing
-- then. None is registered as `no-writes`: so a demoted primary, and one that has lost its replicas
-- (`min-replicas-to-write`), refuses them all, instead of answering from what may be out of date.
local function register(name, call, flags)
    redis.register_function {
        function_name = PREFIX .. name,
        callback = function(keys, args)
            if is_doubtful() then
                return redis.error_reply('STALE the server was silent, and may have been replaced')
            end
            if redis.call('EXISTS', keys[#keys]) == 0 then
                return redis.error_reply('NOSTORE the store has lost its marker')
            end
            return call(keys, args)
        end,
        flags = flags,
    }
end

-- Without free memory, signed-in users stay signed in, and sign-outs and revocations still work.
local EVEN_WITHOUT_MEMORY = {'allow-oom'}
register('resolve_session', resolve_session, EVEN_WITHOUT_MEMORY)
register('end_session', end_session, EVEN_WITHOUT_MEMORY)
register('revoke_sessions', revoke_sessions, EVEN_WITHOUT_MEMORY)
register('put_user', put_user, EVEN_WITHOUT_MEMORY)
register('fence', fence, EVEN_WITHOUT_MEMORY)
register('find_all_fields', find_all_fields, EVEN_WITHOUT_MEMORY)
register('find_value', find_value, EVEN_WITHOUT_MEMORY)
register('put_user_relay_position', put_user_relay_position, EVEN_WITHOUT_MEMORY)
register('open_session', open_session, {})
register('drop_transaction', drop_transaction, EVEN_WITHOUT_MEMORY)
register('count_transaction', count_transaction, {})
register('note_transaction', note_transaction, {})
register('add_transaction', add_transaction, {})
register('update_transaction', update_transaction, {})
register('add_access_token', add_access_token, {})
register('swap_counter', swap_counter, {})
