-- One step of GCRA on the bucket KEYS[1]; see gcra.go, which this repeats. ARGV: step, now, interval, burst; times in
-- microseconds. The bucket is the time at which it will be full, and expires then.
local now, interval, burst = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local full = tonumber(redis.call('GET', KEYS[1]) or '0')

local function put(at)
	if at <= now then
		redis.call('DEL', KEYS[1])
	else
		redis.call('SET', KEYS[1], string.format('%.0f', at), 'PX', string.format('%.0f', math.ceil((at - now) / 1000)))
	end
end

if ARGV[1] == 'give' then
	put(full - interval)
	return {0, 0, 0}
elseif ARGV[1] == 'clear' then
	redis.call('DEL', KEYS[1])
	return {0, 0, 0}
elseif ARGV[1] == 'begin' then
	put(now + interval)
	return {full <= now and 1 or 0, 0, 0}
end
local first = full <= now and 1 or 0
full = math.min(math.max(full, now), now + interval * burst)
local over = full + interval - now - interval * burst
if over > 0 then
	return {over, 0, 0}
end
if ARGV[1] == 'take' then
	put(full + interval)
end
return {0, math.max(over + interval, 0), first}
