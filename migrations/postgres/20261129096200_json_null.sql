-- +goose Up
-- Only the checks of SQLite took NULL for a fault.
SELECT 1;

-- +goose Down
SELECT 1;
