-- 1: it came while the archive was still being read, so what stands before it there may not be here yet.
ALTER TABLE messages ADD COLUMN ahead INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_ahead ON messages (account_id, conversation_id) WHERE ahead = 1;
