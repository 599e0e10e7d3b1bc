-- An archive (XEP-0313) for measurements: in memory, and each page is found at once. Prosody's own storage in files reads the
-- whole archive for each page, so that whoever reads 20,000 messages measures that.
--
-- A headline to the server itself with the body "fill NAME MESSAGES PEOPLE FROM TO" puts so many messages into somebody's archive,
-- dated between FROM and TO days ago, written by sender-0, sender-1 … in turns; with "own" at its end by that somebody to them.

local st = require "util.stanza";
local new_id = require "util.id".medium;

local DAY = 86400;
local archives = {};

local function archive_of(username)
	local items = archives[username];
	if not items then
		items = { places = {} };
		archives[username] = items;
	end
	return items;
end

local function add(username, key, value, when, with)
	local items = archive_of(username);
	items[#items + 1] = { key = key, value = value, when = when, with = with };
	items.places[key] = #items;
end

local archive = { caps = { full_id_range = true } };
archive.__index = archive;

function archive:append(username, key, value, when, with)
	key = key or new_id();
	add(username, key, st.clone(value), math.floor(when or os.time()), with);
	return key;
end

function archive:find(username, query)
	local items = archive_of(username);
	query = query or {};
	local first, last = 1, #items;
	if query.after then
		if not items.places[query.after] then return nil, "item-not-found"; end
		first = items.places[query.after] + 1;
	end
	if query.before then
		if not items.places[query.before] then return nil, "item-not-found"; end
		last = items.places[query.before] - 1;
	end
	local step = query.reverse and -1 or 1;
	local place = (query.reverse and last or first) - step;
	local left = query.limit or math.huge;
	return function ()
		while left > 0 do
			place = place + step;
			local item = items[place];
			if not item or place < first or place > last then return; end
			if not (query.with and item.with ~= query.with
				or query.start and item.when < query.start
				or query["end"] and item.when > query["end"]) then
				left = left - 1;
				return item.key, item.value, item.when, item.with;
			end
		end
	end;
end

function archive:get(username, key)
	local items = archive_of(username);
	local item = items[items.places[key] or 0];
	if not item then return nil, "item-not-found"; end
	return item.value, item.when, item.with;
end

-- Nothing expires here.
function archive:delete()
	return 0;
end

function archive:users()
	return next, archives, nil;
end

module:hook("message/host", function (event)
	local body = event.stanza:get_child_text("body") or "";
	local name, messages, people, from_days, to_days, own = body:match("^fill (%S+) (%d+) (%d+) (%d+) (%d+) ?(%S*)$");
	if not name then return; end
	local me, start, period = name .. "@" .. module.host, os.time() - from_days * DAY, (from_days - to_days) * DAY;
	for number = 1, tonumber(messages) do
		local with = ("sender-%d@%s"):format(number % tonumber(people), module.host);
		local from, to = with .. "/bare", me;
		if own ~= "" then from, to = me .. "/bare", with; end
		local id = ("%s-%d-%d"):format(own ~= "" and own or "fill", from_days, number);
		local text = ("message %d with %s: 会议改到明天下午三点了, please bring the report"):format(number, with);
		local message = st.message({ from = from, to = to, type = "chat", id = id }, text)
			:tag("request", { xmlns = "urn:xmpp:receipts" }):up()
			:tag("markable", { xmlns = "urn:xmpp:chat-markers:0" }):up()
			:tag("origin-id", { xmlns = "urn:xmpp:sid:0", id = id }):up();
		-- Whole seconds, as 0.12 writes them.
		add(name, new_id(), message, start + period * number // messages, with);
	end
	event.origin.send(st.message({ from = module.host, to = event.stanza.attr.from, id = "filled" }));
	return true;
end, 10);

module:provides("storage", {
	open = function (_, _, kind)
		if kind ~= "archive" then return nil, "unsupported-store"; end
		return setmetatable({}, archive);
	end;
});
