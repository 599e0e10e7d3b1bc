-- Everything of a messenger beyond texts between two people: kinds of messages, changes of messages, files, groups,
-- marks of conversations, profiles.

-- What the conversation is with (0: a person, 1: a group), and what the person has marked it as.
ALTER TABLE conversations ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
-- No notifications until then; NULL: not muted.
ALTER TABLE conversations ADD COLUMN muted_until_ms INTEGER;
-- Unread messages that mention this account or everybody.
ALTER TABLE conversations ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0;
-- Kept by the triggers below.
ALTER TABLE conversations ADD COLUMN message_count INTEGER NOT NULL DEFAULT 0;

UPDATE conversations SET message_count = (SELECT count(*) FROM messages m WHERE m.conversation_id = conversations.id);

CREATE TRIGGER messages_counted AFTER INSERT ON messages BEGIN
    UPDATE conversations SET message_count = message_count + 1 WHERE id = new.conversation_id;
END;
CREATE TRIGGER messages_uncounted AFTER DELETE ON messages BEGIN
    UPDATE conversations SET message_count = message_count - 1 WHERE id = old.conversation_id;
END;

-- `messages.sender` is the bare address of the person, or empty where a room hides it; these two tell the rest of it.
ALTER TABLE messages ADD COLUMN nickname TEXT NOT NULL DEFAULT '';
-- XEP-0421
ALTER TABLE messages ADD COLUMN occupant TEXT;
-- The newest edit that was applied (XEP-0308): its time and its stanza id, which decides between two of one time.
ALTER TABLE messages ADD COLUMN edited_ms INTEGER;
ALTER TABLE messages ADD COLUMN edited_id TEXT;
-- What the answered message is called by others (XEP-0461).
ALTER TABLE messages ADD COLUMN reply_to TEXT;
-- JSON of what is neither searched nor compared: `src/content.rs`; NULL if there is nothing of it.
ALTER TABLE messages ADD COLUMN details TEXT;
-- This account, or everybody, is mentioned.
ALTER TABLE messages ADD COLUMN mentions_me INTEGER NOT NULL DEFAULT 0;

CREATE INDEX messages_mentions ON messages (conversation_id)
WHERE direction = 0 AND delivery = 3 AND mentions_me = 1;
-- Own (1), being uploaded (1).
CREATE INDEX messages_uploading ON messages (account_id, id) WHERE direction = 1 AND delivery = 1;

-- A small picture as a `data:` URL, made here. Apart from `details`, because lists do without.
ALTER TABLE attachments ADD COLUMN thumbnail TEXT;
-- Numbers of `src/codes.rs`, and the JSON of a `TransferFailure`.
ALTER TABLE attachments ADD COLUMN transfer INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attachments ADD COLUMN failure TEXT;
-- 1: the file at `local_path` was made by Confab and goes with the message; 0: it is the person's own.
ALTER TABLE attachments ADD COLUMN is_copy INTEGER NOT NULL DEFAULT 0;
-- Octets of that copy, and when it came.
ALTER TABLE attachments ADD COLUMN copy_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attachments ADD COLUMN copied_ms INTEGER NOT NULL DEFAULT 0;

CREATE INDEX attachments_copies ON attachments (copied_ms, id) WHERE is_copy = 1;

-- What one person last said about a message (XEP-0444). A row without emojis keeps the time of taking them back.
CREATE TABLE reactions (
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    -- The person: see `src/people.rs`.
    person TEXT NOT NULL,
    -- JSON of the `Sender`.
    who TEXT NOT NULL,
    own INTEGER NOT NULL,
    -- JSON array of [emoji, time of its first use by this person].
    emojis TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    change_id TEXT NOT NULL,
    PRIMARY KEY (message_id, person)
) STRICT, WITHOUT ROWID;

-- Changes of messages that are not here yet: an archive is read backwards on a new device. By address, because the
-- conversation may not be there yet either.
CREATE TABLE early_amendments (
    id INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    -- What the change calls the message.
    wire TEXT NOT NULL,
    change_id TEXT NOT NULL,
    -- JSON: `src/amendments/early.rs`.
    amendment TEXT NOT NULL,
    UNIQUE (account_id, jid, wire, change_id)
) STRICT;

CREATE INDEX early_amendments_oldest ON early_amendments (account_id, jid, id);
CREATE INDEX early_amendments_of_account ON early_amendments (account_id, id);

-- The outbox carries changes too, in one order with the messages. A change is made from the message as it is when it is
-- sent; only what the message does not tell is kept with it.
CREATE TABLE outbox_of_all (
    -- The order of sending.
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Stanza id.
    uid TEXT NOT NULL,
    -- The message, or the one that is changed.
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    -- 0 message, 1 edit, 2 recall, 3 reactions, 4 recall by a moderator.
    kind INTEGER NOT NULL,
    -- Reason of a moderator.
    payload TEXT,
    queued_ms INTEGER NOT NULL,
    UNIQUE (account_id, uid)
) STRICT;

INSERT INTO outbox_of_all (seq, account_id, uid, message_id, kind, payload, queued_ms)
SELECT o.seq, o.account_id, m.uid, o.message_id, 0, NULL, o.queued_ms FROM outbox o JOIN messages m ON m.id = o.message_id;
DROP TABLE outbox;
ALTER TABLE outbox_of_all RENAME TO outbox;

CREATE INDEX outbox_order ON outbox (account_id, seq);
CREATE INDEX outbox_message ON outbox (message_id, kind);

-- JSON of the `Sender`; NULL: the person whose address is `jid`.
ALTER TABLE receipts ADD COLUMN who TEXT;

-- Up to then nothing of the conversation is taken from an archive again: the person, or the retention, deleted it here.
CREATE TABLE cleared (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, jid)
) STRICT, WITHOUT ROWID;

-- Single messages that the person deleted here, by the ids under which an archive would bring them again.
CREATE TABLE deleted_messages (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    wire TEXT NOT NULL,
    PRIMARY KEY (account_id, jid, wire)
) STRICT, WITHOUT ROWID;

-- JSON of `Availability`; NULL: never set.
ALTER TABLE accounts ADD COLUMN availability TEXT;

CREATE TABLE profiles (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    name TEXT NOT NULL,
    -- SHA-1 of the picture in hexadecimal.
    avatar TEXT,
    updated_ms INTEGER,
    PRIMARY KEY (account_id, jid)
) STRICT, WITHOUT ROWID;

CREATE TABLE blocked (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    PRIMARY KEY (account_id, jid)
) STRICT, WITHOUT ROWID;

CREATE TABLE groups (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    public INTEGER NOT NULL,
    has_archive INTEGER NOT NULL,
    shows_addresses INTEGER NOT NULL,
    nickname TEXT NOT NULL,
    role INTEGER NOT NULL,
    -- JSON of `GroupState`.
    state TEXT NOT NULL,
    avatar TEXT,
    member_count INTEGER NOT NULL,
    -- XEP-0313 of the room: everything up to and including this id is in `messages`.
    archive_position TEXT,
    PRIMARY KEY (account_id, jid)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_members (
    account_id INTEGER NOT NULL,
    jid TEXT NOT NULL,
    person TEXT NOT NULL,
    -- JSON of the `Sender`.
    who TEXT NOT NULL,
    role INTEGER NOT NULL,
    present INTEGER NOT NULL,
    own INTEGER NOT NULL,
    PRIMARY KEY (account_id, jid, person),
    FOREIGN KEY (account_id, jid) REFERENCES groups (account_id, jid) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE group_requests (
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    jid TEXT NOT NULL,
    -- 0 invitation, 1 application.
    kind INTEGER NOT NULL,
    -- Who invites, or who wants to come in.
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, jid, kind, person)
) STRICT, WITHOUT ROWID;
