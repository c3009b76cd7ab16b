-- Replays requests, counts statuses, keeps a sample of the bodies, and reports the latency histogram.
-- Arguments: folder, "cycle" or "stream", keep one body in this many (0: none), right statuses with commas between.
-- wrk runs this file once for itself (`done`) and once for each thread (the other functions).

local ffi = require("ffi")
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } perfcompare_moment;
int clock_gettime(int clock, perfcompare_moment *moment);
/* struct stats of wrk's src/stats.h, 4.0 to 4.2 */
typedef struct { uint64_t count, limit, min, max; uint64_t data[1]; } perfcompare_stats;
]]

local CLOCK_MONOTONIC = 1
local MOST_BODIES, MOST_BYTES = 200, 32 * 1024 * 1024
local threads = {}
local requests, input, bodies, every, right
local next_request, kept, kept_bytes = 0, 0, 0
sent, answered, wrong, started = 0, 0, {}, 0

local function now()
  local moment = ffi.new("perfcompare_moment")
  ffi.C.clock_gettime(CLOCK_MONOTONIC, moment)
  return tonumber(moment.seconds) + tonumber(moment.nanoseconds) / 1e9
end

local function framed(file)
  local length = file:read("*l")
  return length and file:read(tonumber(length))
end

local function all(path)
  local list, file = {}, assert(io.open(path, "rb"))
  for request in function() return framed(file) end do list[#list + 1] = request end
  file:close()
  return list
end

function setup(thread)
  threads[#threads + 1] = thread
end

function init(args)
  folder = args[1]
  if args[2] == "cycle" then requests = all(folder .. "/requests") else input = io.stdin end
  every = tonumber(args[3])
  right = {}
  for status in args[4]:gmatch("%d+") do right[tonumber(status)] = true end
  bodies = assert(io.open(folder .. "/bodies", "wb"))
end

function request()
  sent = sent + 1
  if sent == 2 then started = now() end -- the first call is wrk's own check of what this returns
  if input then return framed(input) end
  next_request = next_request % #requests + 1
  return requests[next_request]
end

function response(status, headers, body)
  if not right[status] then
    wrong[status] = (wrong[status] or 0) + 1
    return
  end
  if every > 0 and answered % every == 0 and kept < MOST_BODIES and kept_bytes < MOST_BYTES then
    kept, kept_bytes = kept + 1, kept_bytes + #body
    bodies:write(#body, "\n", body)
  end
  answered = answered + 1
end

local function write_histogram(file, latency)
  local raw = ffi.cast("perfcompare_stats **", latency)[0]
  local known = raw.count == 0 or (tonumber(raw.min) == latency.min and tonumber(raw.max) == latency.max)
  if not known then
    file:write("unknown layout\n")
    return
  end
  if raw.count == 0 then return end
  for value = tonumber(raw.min), tonumber(raw.max) do
    if raw.data[value] > 0 then file:write("latency ", value, " ", tonumber(raw.data[value]), "\n") end
  end
end

function done(summary, latency)
  local thread = threads[1]
  local file = assert(io.open(thread:get("folder") .. "/result", "w"))
  file:write(string.format("started_s %.6f\n", thread:get("started")))
  for _, name in ipairs({ "duration", "requests", "bytes" }) do
    file:write(name, " ", string.format("%.0f", summary[name]), "\n")
  end
  for name, count in pairs(summary.errors) do file:write("error ", name, " ", count, "\n") end
  for status, count in pairs(thread:get("wrong")) do file:write("status ", status, " ", count, "\n") end
  file:write("sent ", thread:get("sent") - 1, "\n", "answered ", thread:get("answered"), "\n")
  write_histogram(file, latency)
  file:write("end\n")
  file:close()
end
