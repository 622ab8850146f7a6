-- Walks a list of addresses, one a line, in an order that is the same each time. Arguments: list, cookie ("" for none).
-- Says at the end, in one line of JSON, what was measured.

local adresses, rang = {}, 0

function init(arguments)
  for adresse in io.lines(arguments[1]) do
    if adresse ~= "" then adresses[#adresses + 1] = adresse end
  end
  math.randomseed(1)
  for place = #adresses, 2, -1 do
    local autre = math.random(place)
    adresses[place], adresses[autre] = adresses[autre], adresses[place]
  end
  wrk.headers["Accept-Encoding"] = "gzip"
  if arguments[2] and arguments[2] ~= "" then wrk.headers["Cookie"] = arguments[2] end
end

function request()
  rang = rang % #adresses + 1
  return wrk.format("GET", adresses[rang])
end

function done(bilan, latence)
  local e = bilan.errors
  io.write(string.format(
    '\nBILAN {"requetes": %d, "duree_us": %d, "p50_us": %d, "p99_us": %d, "octets": %d, "echecs": %d}\n',
    bilan.requests, bilan.duration, latence:percentile(50), latence:percentile(99), bilan.bytes,
    e.connect + e.read + e.write + e.status + e.timeout))
end
