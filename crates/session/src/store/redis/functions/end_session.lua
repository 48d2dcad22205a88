local function end_session(keys, args)
    local removed = remove(keys[1], args[1])
    if removed == 0 then
        write_something(keys)
    end
    return removed
end
