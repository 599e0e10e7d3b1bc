-- Prefixes of three characters have a list of their own too: a search for "the" otherwise merges the lists of all words that
-- begin so before it finds the newest (a tenth of all messages has one). The table is filled again as in 0004.
DROP TABLE messages_text;
CREATE VIRTUAL TABLE messages_text USING fts5 (
    tokens, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii', prefix = '1 2 3'
);

DELETE FROM search_rebuild;
INSERT INTO search_rebuild SELECT max(search_id) + 1 FROM messages WHERE search_id IS NOT NULL HAVING max(search_id) >= 0;
