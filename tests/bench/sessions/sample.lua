-- What records of users consist of: one line for each figure, as a sum over so many of them as the first line says.
local figures, order = {}, {}
local function add(name, number)
    if not figures[name] then
        figures[name] = 0
        table.insert(order, name)
    end
    figures[name] = figures[name] + number
end

for _ = 1, 2000 do
    local key = redis.call('RANDOMKEY')
    if key and string.find(key, ':user:', 1, true) then
        add('users', 1)
        add('MEMORY USAGE', redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0))
        add('kept as ' .. redis.call('OBJECT', 'ENCODING', key), 1)
        add('key', #key)
        local fields = redis.call('HGETALL', key)
        for i = 1, #fields, 2 do
            local name = fields[i]
            if name ~= 'user' and name ~= 'version' then
                name = 'session'
            end
            add(name .. ', field', #fields[i])
            add(name .. ', value', #fields[i + 1])
        end
    end
end

local lines = {}
for _, name in ipairs(order) do
    table.insert(lines, name .. ':' .. figures[name])
end
return lines
