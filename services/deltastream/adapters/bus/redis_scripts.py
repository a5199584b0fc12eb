"""The scripts of the bus on Redis. Each runs as a whole, with nothing in between.

They hold on Redis 6.2 and later. A command that would need more memory than the server may use is
refused only as long as its script has written nothing, so a script is never cut in half for that.
"""

from typing import Final

from deltastream.adapters.bus.redis_fencing import FENCE

_READING: Final = """
local function field(reply, name)
  for i = 1, #reply, 2 do
    if reply[i] == name then return reply[i + 1] end
  end
end

local function groups_of(stream)
  return redis.call('EXISTS', stream) == 1 and redis.call('XINFO', 'GROUPS', stream) or {}
end

local function is_above(id, other)
  local milliseconds, rest = string.match(id, '(%d+)-(%d+)')
  local other_milliseconds, other_rest = string.match(other, '(%d+)-(%d+)')
  local later = tonumber(milliseconds) - tonumber(other_milliseconds)
  return later > 0 or later == 0 and tonumber(rest) > tonumber(other_rest)
end

local function lowest_position(stream)
  local lowest
  for _, group in ipairs(groups_of(stream)) do
    local position = field(group, 'last-delivered-id')
    if not lowest or is_above(lowest, position) then lowest = position end
  end
  return lowest
end
"""

_POSITION: Final = """
local function position_of(stream, name)
  for _, group in ipairs(groups_of(stream)) do
    if field(group, 'name') == name then return field(group, 'last-delivered-id') end
  end
  redis.call('XGROUP', 'CREATE', stream, name, '0', 'MKSTREAM')
  return '0-0'
end
"""

MICROSECONDS: Final = """
local function microseconds()
  local now = redis.call('TIME')
  return now[1] * 1000000 + now[2]
end
"""
"""The server's clock, the one that all replicas share. Exact in a script's numbers until 2255."""

PUBLISH: Final = (
    FENCE
    + """
-- KEYS: streams. ARGV: for each entry the number of its stream, its id and its payload; where it
-- has a traceparent, the number is below zero, and that comes fourth.
-- Any write lets the script go on: deleting nothing asks for no memory.
if leases > 0 then redis.call('DEL', 'deltastream:nothing') end
local i = leases + 2
while i <= #ARGV do
  local number, id, payload, reply = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  if number > 0 then
    reply = redis.pcall('XADD', KEYS[leases + number], id, 'p', payload)
    i = i + 3
  else
    reply = redis.pcall('XADD', KEYS[leases - number], id, 'p', payload, 't', ARGV[i + 3])
    i = i + 4
  end
  if type(reply) == 'table' and not string.find(reply.err, 'equal or smaller', 1, true) then
    return reply
  end
end
"""
)
"""An id that is not above the stream's last is a repetition; any other refusal is an error.

A server that is short of memory refuses those who write without a lease, who bring new work. Who
writes under one works off what is there, and so makes room: were it refused too, nothing would
ever be done and trimmed, and the bus would stay full for ever.
"""

EXTENTS: Final = (
    _READING
    + """
-- KEYS: streams.
local extents = {}
for i = 1, #KEYS do
  local first, last = '0-0', '0-0'
  if redis.call('EXISTS', KEYS[i]) == 1 then
    local stream = redis.call('XINFO', 'STREAM', KEYS[i])
    local oldest = field(stream, 'first-entry')
    first, last = oldest and oldest[1] or first, field(stream, 'last-generated-id')
  end
  extents[i] = {first, last}
end
return extents
"""
)
"""Redis tells both entries with what is in them; their places are enough."""

TAKE_UP: Final = (
    FENCE
    + _READING
    + _POSITION
    + """
-- KEYS: the group's attempts, streams. ARGV: group, a name for this call.
local attempts, group, call = KEYS[leases + 1], ARGV[leases + 2], ARGV[leases + 3]
local starts = {}
for i = leases + 2, #KEYS do
  local position, count = position_of(KEYS[i], group), 1
  local last = redis.call('HGET', attempts, KEYS[i])
  if last then
    local where, number, who = string.match(last, '^(.-):(%d+):(.*)$')
    if where == position then count = who == call and tonumber(number) or number + 1 end
  end
  redis.call('HSET', attempts, KEYS[i], position .. ':' .. count .. ':' .. call)
  starts[#starts + 1] = {position, count}
end
return starts
"""
)
"""The call's name makes its repetition, after a lost reply, count once."""

COMMIT: Final = (
    FENCE
    + _READING
    + _POSITION
    + MICROSECONDS
    + """
-- KEYS: the group's attempts, the stream of letters, streams.
-- ARGV: group, a position for each stream under the same index as its key, letters.
local attempts, dead, group = KEYS[leases + 1], KEYS[leases + 2], ARGV[leases + 2]
local moved = {}
for i = leases + 3, #KEYS do
  if is_above(ARGV[i], position_of(KEYS[i], group)) then moved[#moved + 1] = i end
end
if #moved == 0 then return end

-- Needs no memory, so what follows is not refused for want of it: being done frees memory.
for _, i in ipairs(moved) do redis.call('HDEL', attempts, KEYS[i]) end

local last = 0
if #ARGV > #KEYS and redis.call('EXISTS', dead) == 1 then
  local id = field(redis.call('XINFO', 'STREAM', dead), 'last-generated-id')
  local milliseconds, rest = string.match(id, '(%d+)-(%d+)')
  last = milliseconds * 1000 + rest
end
for i = #KEYS + 1, #ARGV do
  last = math.max(last + 1, microseconds())
  local id = string.format('%d-%d', math.floor(last / 1000), last % 1000)
  redis.call('XADD', dead, id, 'p', ARGV[i])
end

for _, i in ipairs(moved) do redis.call('XGROUP', 'SETID', KEYS[i], group, ARGV[i]) end
"""
)
"""Only forward; and letters only if something moves, so that a repetition appends none."""

TRIM: Final = (
    _READING
    + """
-- KEYS: a stream. ARGV: how many entries to keep, how many to drop at most, the last to drop or ''.
local excess = math.min(redis.call('XLEN', KEYS[1]) - ARGV[1], tonumber(ARGV[2]))
if excess <= 0 then return 0 end
local through = lowest_position(KEYS[1]) or '+'
if ARGV[3] ~= '' and (through == '+' or is_above(through, ARGV[3])) then through = ARGV[3] end
local entries = redis.call('XRANGE', KEYS[1], '-', through, 'COUNT', excess)
if #entries == 0 then return 0 end
local milliseconds, rest = string.match(entries[#entries][1], '(%d+)-(%d+)')
return redis.call('XTRIM', KEYS[1], 'MINID', milliseconds .. '-' .. rest + 1)
"""
)
"""MAXLEN would drop by number alone, also what is not done. MINID drops up to a place."""

BACKLOG: Final = (
    _READING
    + """
-- KEYS: a stream. ARGV: how many entries to look at in one go.
local held, reached = redis.call('XLEN', KEYS[1]), lowest_position(KEYS[1])
if not reached then return {held, 0} end
local finished, unfinished, down, up = 0, 0, '+', '-'
while true do
  local newest = redis.call('XREVRANGE', KEYS[1], down, '(' .. reached, 'COUNT', ARGV[1])
  unfinished = unfinished + #newest
  if #newest < tonumber(ARGV[1]) then return {held, unfinished} end
  down = '(' .. newest[#newest][1]
  local oldest = redis.call('XRANGE', KEYS[1], up, reached, 'COUNT', ARGV[1])
  finished = finished + #oldest
  if #oldest < tonumber(ARGV[1]) then return {held, held - finished} end
  up = '(' .. oldest[#oldest][1]
end
"""
)
"""Redis counts entries between two ids only by telling them, so both sides of the position are
counted at once, until the shorter one ends. After trimming, that is soon."""
