-- +goose Up
-- Until SQLite 3.45 json_valid(NULL) was 0, so that the sqlite3 tool of a distribution refused rows that the program had
-- written: those of users without an address, and of jobs without progress or result. Nothing but the checks changes, so
-- their text is replaced in place, as https://www.sqlite.org/lang_altertable.html#otheralter has it: the tables keep their
-- rows, rowids, triggers and indexes, and the transaction keeps out a process that migrates at the same time.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
    'CHECK (json_valid(address) AND', 'CHECK (address IS NULL OR json_valid(address) AND')
    WHERE type = 'table' AND name = 'users';
UPDATE sqlite_schema SET sql = replace(replace(sql,
    'CHECK (json_valid(progress))', 'CHECK (progress IS NULL OR json_valid(progress))'),
    'CHECK (json_valid(result))', 'CHECK (result IS NULL OR json_valid(result))')
    WHERE type = 'table' AND name = 'jobs';
-- A change of the ordinary kind makes every other connection read the schema again.
CREATE TABLE schema_changed (id INTEGER PRIMARY KEY) STRICT;
DROP TABLE schema_changed;
PRAGMA writable_schema = RESET;
-- The tool does not know this table either, which ANALYZE filled until now: the planner does without it.
DROP TABLE IF EXISTS sqlite_stat4;

-- +goose Down
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
    'CHECK (address IS NULL OR json_valid(address) AND', 'CHECK (json_valid(address) AND')
    WHERE type = 'table' AND name = 'users';
UPDATE sqlite_schema SET sql = replace(replace(sql,
    'CHECK (progress IS NULL OR json_valid(progress))', 'CHECK (json_valid(progress))'),
    'CHECK (result IS NULL OR json_valid(result))', 'CHECK (json_valid(result))')
    WHERE type = 'table' AND name = 'jobs';
CREATE TABLE schema_changed (id INTEGER PRIMARY KEY) STRICT;
DROP TABLE schema_changed;
PRAGMA writable_schema = RESET;
