-- Tokens changed: characters beyond ASCII stand for themselves (see `src/search/text.rs`). The table is filled again when
-- the file is opened, newest messages first; `search_rebuild` says from where on.
DROP TABLE messages_text;
CREATE VIRTUAL TABLE messages_text USING fts5 (
    tokens, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii', prefix = '1 2'
);

CREATE TABLE search_rebuild (
    -- One row, or none when nothing is left to do: messages below this `search_id` are not in the index yet.
    below INTEGER NOT NULL PRIMARY KEY
) STRICT;

INSERT INTO search_rebuild SELECT max(search_id) + 1 FROM messages WHERE search_id IS NOT NULL HAVING max(search_id) >= 0;
