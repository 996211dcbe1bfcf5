-- +goose Up
-- search_text is made of words now, each behind two blanks, folded by the program. This finds the rows whose text a server of
-- before has written, so that they can be made anew.
CREATE INDEX users_search_stale ON users (id) WHERE substr(search_text, 1, 2) <> '  ';

-- +goose Down
DROP INDEX users_search_stale;
