-- The SASL2 modules of Debian 12 are written for Prosody 13. On 0.12 every stream over TLS would die of four things
-- that it lacks; this adds them.

local stanza = require "util.stanza".stanza_mt;
if not stanza.get_child_attr then
	function stanza:get_child_attr(name, xmlns, attribute)
		local child = self:get_child(name, xmlns);
		return child and child.attr[attribute];
	end
end

-- mod_sasl2_fast dates its tokens with fractions of a second, which 0.12 cannot write on Lua 5.4.
local datetime = require "util.datetime";
local whole_seconds = datetime.datetime;
function datetime.datetime(t)
	return whole_seconds(t and math.floor(t));
end

-- Before mod_sasl2 (priority 1) builds its offer:
module:hook("stream-features", function (event)
	-- mod_sasl2_fast offers tokens to streams that say whose they are; 0.12 does not pass the stream's attributes on.
	event.stream = event.stream or { from = "somebody@" .. module.host };

	local conn = event.origin.conn;
	if not conn or conn.ssl_info then return end
	local methods = getmetatable(conn).__index;
	if type(methods) ~= "table" then return end
	function methods:ssl_info()
		local socket = self:socket();
		return socket.info and socket:info();
	end
end, 2);
