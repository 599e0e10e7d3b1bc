-- Whether this account has ever written in the conversation, or opened it by itself: anybody can fill the others.
ALTER TABLE conversations ADD COLUMN familiar INTEGER NOT NULL DEFAULT 0;

UPDATE conversations SET familiar = 1
WHERE EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = conversations.id AND m.direction = 1);

CREATE INDEX conversations_strange ON conversations (account_id, created_ms) WHERE familiar = 0;
