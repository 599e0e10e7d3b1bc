-- The history of all accounts on this device. Append-only: later changes are new files, this one never changes.
-- A column may be NULL only where "not known" or "has not happened" is a value of its own.
-- Times are milliseconds since 1970-01-01T00:00:00Z. Enumerations are the numbers of `src/codes.rs`.

CREATE TABLE accounts (
    -- AUTOINCREMENT: a number is never used again, also after the account was removed.
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    jid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- Manual server address: all three or none.
    server_host TEXT,
    server_port INTEGER,
    server_direct_tls INTEGER,
    -- Sign in at start.
    signed_in INTEGER NOT NULL,
    -- Credentials are kept in the keychain (never here).
    remember INTEGER NOT NULL,
    -- RFC 6121 §2.6.
    roster_version TEXT,
    -- XEP-0313: everything up to and including this archive id is in `messages`.
    archive_position TEXT
) STRICT;

CREATE TABLE contacts (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    name TEXT NOT NULL,
    subscription INTEGER NOT NULL,
    requested INTEGER NOT NULL,
    -- JSON array of names.
    groups TEXT NOT NULL,
    PRIMARY KEY (account_id, jid)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_requests (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    nickname TEXT NOT NULL,
    reason TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, jid)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
    id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    -- What the list shows is kept here, so that it never searches `messages`. No foreign keys on these two: every
    -- deleted message would look for its conversations; they are written in the message's transaction.
    last_message_id INTEGER,
    first_unread_id INTEGER,
    unread INTEGER NOT NULL,
    draft TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    -- Time of the last message; of the creation while there is none.
    updated_ms INTEGER NOT NULL,
    -- The own message up to which the other side has displayed (XEP-0333), by (sent_ms, id).
    peer_read_ms INTEGER NOT NULL,
    peer_read_id INTEGER NOT NULL,
    -- The server has nothing older than the oldest message here.
    history_complete INTEGER NOT NULL,
    UNIQUE (account_id, jid)
) STRICT;

CREATE INDEX conversations_newest ON conversations (account_id, updated_ms, id);

CREATE TABLE calls (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    uid TEXT NOT NULL,
    direction INTEGER NOT NULL,
    media INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    answered_ms INTEGER,
    ended_ms INTEGER,
    -- JSON of `EndReason`; NULL while the call lasts.
    reason TEXT,
    answered_by TEXT,
    -- JSON of `CallTimings`.
    timings TEXT NOT NULL,
    -- JSON of what was measured during the call, in the words of the caller of the store; NULL without media here.
    course TEXT,
    UNIQUE (account_id, uid)
) STRICT;

CREATE INDEX calls_newest ON calls (account_id, started_ms, id);
CREATE INDEX calls_of_conversation ON calls (conversation_id);
CREATE INDEX calls_open ON calls (account_id, started_ms, id) WHERE reason IS NULL;

CREATE TABLE call_participants (
    call_id INTEGER NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    jid TEXT NOT NULL,
    -- Name of a `ParticipantState`.
    state TEXT NOT NULL,
    PRIMARY KEY (call_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- `MessageId`; of own messages also their stanza id and origin id.
    uid TEXT NOT NULL,
    -- The `id` attribute, which receipts and markers name.
    stanza_id TEXT,
    -- XEP-0359 `origin-id` by the sender.
    origin_id TEXT,
    -- XEP-0359 `stanza-id` by the archive.
    archive_id TEXT,
    sender TEXT NOT NULL,
    direction INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    body TEXT NOT NULL,
    -- XEP-0380 namespace of the method that it was encrypted for, and what came.
    encryption TEXT,
    ciphertext BLOB,
    call_id INTEGER REFERENCES calls (id) ON DELETE CASCADE,
    sent_ms INTEGER NOT NULL,
    -- 1: `sent_ms` is the server's time; 0: this device's.
    sent_by_server INTEGER NOT NULL,
    delivery INTEGER NOT NULL,
    -- JSON of `FailureWhy`.
    failure TEXT,
    -- Row of `messages_text`; NULL if there is nothing to search.
    search_id INTEGER,
    UNIQUE (account_id, uid)
) STRICT;

CREATE INDEX messages_page ON messages (conversation_id, sent_ms, id);
CREATE UNIQUE INDEX messages_archive ON messages (conversation_id, archive_id) WHERE archive_id IS NOT NULL;
CREATE INDEX messages_origin ON messages (conversation_id, origin_id) WHERE origin_id IS NOT NULL;
CREATE INDEX messages_stanza ON messages (conversation_id, stanza_id) WHERE stanza_id IS NOT NULL;
CREATE UNIQUE INDEX messages_call ON messages (call_id) WHERE call_id IS NOT NULL;
CREATE UNIQUE INDEX messages_search ON messages (search_id) WHERE search_id IS NOT NULL;
-- Incoming (0) and delivered (3): unread.
CREATE INDEX messages_unread ON messages (conversation_id, sent_ms, id) WHERE direction = 0 AND delivery = 3;
-- Outgoing (1), sent (2) or delivered (3): what a read marker may change.
CREATE INDEX messages_unconfirmed ON messages (conversation_id, sent_ms, id)
WHERE direction = 1 AND delivery IN (2, 3);

CREATE TABLE attachments (
    id INTEGER NOT NULL PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes INTEGER,
    url TEXT,
    local_path TEXT,
    -- JSON: thumbnail, dimensions, duration, hashes, keys (XEP-0446/0447).
    details TEXT NOT NULL,
    UNIQUE (message_id, position)
) STRICT;

CREATE TABLE outbox (
    -- The order of sending.
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    message_id INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    queued_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX outbox_order ON outbox (account_id, seq);

CREATE TABLE receipts (
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    delivered_ms INTEGER,
    read_ms INTEGER,
    PRIMARY KEY (message_id, jid)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    -- JSON
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens of `src/search/text.rs`, ASCII only. The row number is the time (see `messages.search_id`), so the newest come
-- first without sorting. No text is kept twice. Prefixes of one and two characters have lists of their own.
CREATE VIRTUAL TABLE messages_text USING fts5 (
    tokens, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii', prefix = '1 2'
);
