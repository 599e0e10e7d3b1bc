-- Places where messages of the archive may be missing: the server no longer knew the last one that was read
-- (XEP-0313 §4.3.1), so that the archive was read backwards from its end without meeting what was here.
CREATE TABLE gaps (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- The last message before the gap, by (sent_ms, id).
    before_ms INTEGER NOT NULL,
    before_id INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, before_ms, before_id)
) STRICT, WITHOUT ROWID;
