-- The room takes messages of others back for those who rule it (XEP-0425).
ALTER TABLE groups ADD COLUMN moderation INTEGER NOT NULL DEFAULT 0;
