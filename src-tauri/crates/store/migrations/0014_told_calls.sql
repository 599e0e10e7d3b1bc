-- 1: the own other devices know the record of this call, or another device tells them.
ALTER TABLE calls ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
UPDATE calls SET told = 1;
CREATE INDEX calls_untold ON calls (account_id, id) WHERE told = 0 AND reason IS NOT NULL;
