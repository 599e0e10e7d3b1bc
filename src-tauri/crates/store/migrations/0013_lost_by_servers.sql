-- 1: after a sign-in by SASL2 the server keeps the limits of strangers.
ALTER TABLE accounts ADD COLUMN avoids_sasl2 INTEGER NOT NULL DEFAULT 0;

-- Own messages to people that the server has acknowledged lately and that nobody has confirmed by name. A server that dies may
-- have lost them all the same.
CREATE TABLE unconfirmed (
    message_id INTEGER NOT NULL PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- 0: acknowledged in this session; 1: in one that was lost; 2: the other side has confirmed a later one since; 4: some time ago;
    -- 3: sent again.
    state INTEGER NOT NULL,
    acknowledged_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX unconfirmed_by_state ON unconfirmed (account_id, state, acknowledged_ms);
CREATE INDEX unconfirmed_in_conversation ON unconfirmed (conversation_id, state);
