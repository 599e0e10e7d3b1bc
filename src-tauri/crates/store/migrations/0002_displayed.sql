-- What this account has displayed, on whichever of its devices, and what it still owes the others.

-- The message up to which the conversation was displayed by this account, by (sent_ms, id); -1 while nothing was.
ALTER TABLE conversations ADD COLUMN own_read_ms INTEGER NOT NULL DEFAULT -1;
ALTER TABLE conversations ADD COLUMN own_read_id INTEGER NOT NULL DEFAULT 0;
-- The stanza id that a displayed marker (XEP-0333) is to name and that the server has not taken yet.
ALTER TABLE conversations ADD COLUMN marker_due TEXT;

CREATE INDEX conversations_marker_due ON conversations (account_id, id) WHERE marker_due IS NOT NULL;

UPDATE conversations SET (own_read_ms, own_read_id) =
    (SELECT coalesce(max(m.sent_ms), -1), coalesce(m.id, 0) FROM messages m
        WHERE m.conversation_id = conversations.id AND m.direction = 0 AND m.delivery = 4);

-- Markers of own other devices that came before the message that they name: an archive is read backwards on a new
-- device. By address, because the conversation may not be there yet either.
CREATE TABLE early_markers (
    id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    stanza_id TEXT NOT NULL,
    UNIQUE (account_id, jid, stanza_id)
) STRICT;

CREATE INDEX early_markers_oldest ON early_markers (account_id, jid, id);

-- How the reading of the archive stands: numbers of `src/codes.rs`. An account of before this column has history.
ALTER TABLE accounts ADD COLUMN history INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET history = 1;
