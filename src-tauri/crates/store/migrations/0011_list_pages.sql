-- The list of conversations is read in pages, in the order in which it stands on screen.
CREATE INDEX conversations_in_order ON conversations (account_id, pinned, updated_ms, id);
